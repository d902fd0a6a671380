package io.execnet.cli;

import io.execnet.cli.GatewayOptions.Target;
import io.execnet.reactive.PythonSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code execnet exec}. */
@Command(
    name = "exec",
    sortOptions = false,
    header = "Run Python source on every gateway, and print what it sends.",
    customSynopsis = {
      "execnet exec --tx SPEC [--tx SPEC]... (FILE | -c CODE | -)",
      "             [--arg NAME=JSON]... [--raw] [--timeout DURATION]"
    },
    description = {
      "",
      "The source finds a 'channel'; each value that it sends, as in channel.send(42), becomes one"
          + " line of JSON on standard output, at once:",
      "  {\"gateway\":\"gw0\",\"item\":42}",
      "What it prints goes to standard error, as does the traceback if it raises; the other"
          + " gateways go on.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  Three process ids:",
      "    execnet exec --tx 3*popen -c 'import os; channel.send(os.getpid())'",
      "  A file that defines run(channel, **kwargs), called with n=10:",
      "    execnet exec --tx popen//python=python3.12 count.py --arg n=10",
      "",
      "Exit status: 0 all well; 1 remote code raised, or time ran out; 2 wrong usage, nothing was"
          + " started; 3 a gateway could not be opened; 130 after Ctrl-C; 141 if the reader of"
          + " standard output went away."
    })
final class ExecCommand extends GatewayCommand {

  @ArgGroup(multiplicity = "1")
  @SuppressWarnings("NullAway.Init") // by picocli
  private Source source;

  static final class Source {
    @Parameters(
        paramLabel = "FILE",
        description = "A file of Python source, or - for standard input.")
    @Nullable String file;

    @Option(names = "-c", paramLabel = "CODE", description = "Python source.")
    @Nullable String code;
  }

  @Option(
      names = "--arg",
      paramLabel = "NAME=JSON",
      description =
          "Call run(channel, NAME=value, ...) once the source has run, which must define it; may be"
              + " given many times.")
  private List<String> args = List.of();

  @Option(names = "--raw", description = "Print the values alone, without their gateway.")
  private boolean raw;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = Durations.class,
      description =
          "Interrupt what still runs after this time (30s, 5m, PT1H), and kill what does not end"
              + " then.")
  private @Nullable Duration timeout;

  ExecCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws InterruptedException {
    List<Target> targets = gateways.targets();
    Map<String, @Nullable Object> kwargs = Arguments.parse(command.commandLine(), args);
    ExecRun run = new ExecRun(console, targets, python(), kwargs, raw, timeout);
    return inSession(run::in);
  }

  private PythonSource python() {
    if (source.code != null) {
      return PythonSource.of(source.code);
    }
    String file = String.valueOf(source.file);
    return file.equals("-")
        ? Sources.standardInput(command.commandLine(), console.in())
        : Sources.file(command.commandLine(), file);
  }
}
