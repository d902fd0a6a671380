package io.execnet.cli;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code execnet}. */
@Command(
    name = "execnet",
    sortOptions = false,
    header = "Run Python code on interpreters here and elsewhere.",
    versionProvider = Execnet.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "",
      "execnet starts Python interpreters (gateways), sends them code, and brings back what it"
          + " sends. They need nothing but Python, 3.6 or newer; nothing is installed there, and"
          + " nothing stays running when the command has ended.",
      ""
    },
    footer = {
      "",
      "Try:",
      "    execnet info --tx popen",
      "    execnet exec --tx 3*popen -c 'import os; channel.send(os.getpid())'",
      "    seq 10 | execnet map --tx 2*popen -c 'def run(x): return x * x'",
      "",
      "'execnet COMMAND --help' says more."
    })
final class Execnet implements Runnable {

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec command;

  @Mixin
  @SuppressWarnings("NullAway.Init") // by picocli
  private StandardOptions standard;

  /** The version, as the build has put it into the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Execnet.class.getPackage().getImplementationVersion();
      return new String[] {"execnet " + (version == null ? "(not from its jar)" : version)};
    }
  }

  /** Runs the command and ends the JVM with its exit status. */
  public static void main(String[] args) throws InterruptedException {
    Diagnostics diagnostics = new Diagnostics(new FileOutputStream(FileDescriptor.err));
    LogLines.to(diagnostics);
    Interrupts.first(diagnostics::silence);
    Interrupts.install();
    Console console =
        new Console(
            // buffered, as reading all of a file stream asks for its position, which pipes have not
            new BufferedInputStream(new FileInputStream(FileDescriptor.in)),
            new FileOutputStream(FileDescriptor.out),
            diagnostics,
            Terminal.detect());
    Interrupts.exit(run(console, args));
  }

  /** Runs the command; everything that it started is gone when it returns. */
  static int run(Console console, String... args) {
    return commandLine(console).execute(args);
  }

  static CommandLine commandLine(Console console) {
    CommandLine commandLine = new CommandLine(new Execnet());
    commandLine.addSubcommand(new ExecCommand(console));
    commandLine.addSubcommand(new MapCommand(console));
    commandLine.addSubcommand(new InfoCommand(console));
    commandLine.addSubcommand(new SocketServerCommand(console));
    commandLine.addSubcommand(new QuitServerCommand(console));
    commandLine.addSubcommand(new ServicesCommand(console));
    commandLine.addSubcommand(new WorkerCommand());
    commandLine.addSubcommand(new CompletionCommand());
    PrintWriter out =
        new PrintWriter(
            new OutputStreamWriter(
                new BufferedOutputStream(console.out()), StandardCharsets.UTF_8));
    commandLine
        .setOut(out)
        .setUsageHelpWidth(Math.max(60, Math.min(100, console.terminal().columns())))
        .setExpandAtFiles(false)
        .setAbbreviatedOptionsAllowed(false)
        .setCaseInsensitiveEnumValuesAllowed(false)
        .setParameterExceptionHandler(new UsageErrors(console.diagnostics()))
        .setHelpFactory(HelpText::new)
        .setExecutionExceptionHandler((e, line, result) -> unexpected(console.diagnostics(), e))
        .setExecutionStrategy(
            result -> {
              boolean debug = isDebug(result);
              console.diagnostics().debug(debug);
              LogLines.debug(debug);
              return new CommandLine.RunLast().execute(result);
            });
    commandLine
        .getSubcommands()
        .values()
        .forEach(sub -> sub.getCommandSpec().versionProvider(new Version()));
    return commandLine;
  }

  private static boolean isDebug(CommandLine.ParseResult result) {
    return result.hasMatchedOption("--debug")
        || (result.hasSubcommand() && isDebug(result.subcommand()));
  }

  private static int unexpected(Diagnostics diagnostics, Exception error) {
    diagnostics.failure(error);
    return ExitCode.FAILED;
  }

  @Override
  public void run() {
    CommandLine line = command.commandLine();
    throw new ParameterException(line, "which command? There are " + UsageErrors.names(line));
  }
}
