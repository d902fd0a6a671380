package io.execnet.transport.popen;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.shell.InterpreterCommand;
import io.execnet.transport.shell.ShellWords;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The command that starts the interpreter a spec asks for. */
public final class PythonCommand {

  static final boolean WINDOWS = File.separatorChar == '\\';

  private PythonCommand() {}

  /**
   * Whether something else than an interpreter is started, which may lead to one anywhere and print
   * what it likes before that answers.
   */
  static boolean isIndirect(XSpec spec) {
    return !spec.popen() || spec.python().isPresent() && interpreter(spec).size() > 1;
  }

  /** The words of the command, which runs the line that it then reads. */
  public static List<String> of(XSpec spec) {
    if (spec.vagrantSsh().isPresent()) {
      return InterpreterCommand.vagrant(spec);
    }
    List<String> command = new ArrayList<>(interpreter(spec));
    command.addAll(InterpreterCommand.localArguments(spec));
    return List.copyOf(command);
  }

  /** The part of such a command that the spec decides. */
  public static String shown(List<String> command) {
    int end = Math.max(command.lastIndexOf("-u"), command.lastIndexOf("--"));
    return String.join(" ", command.subList(0, Math.max(1, end)));
  }

  /** Starts it; a {@link BootstrapException} where there is no such program. Blocks. */
  public static Process start(ProcessBuilder command) {
    try {
      return command.start();
    } catch (IOException e) {
      throw new BootstrapException(
          Reason.INTERPRETER_NOT_FOUND,
          "can't start " + command.command().get(0) + ": " + e.getMessage(),
          "",
          e);
    }
  }

  private static List<String> interpreter(XSpec spec) {
    Optional<String> given = spec.get("python");
    if (given.isEmpty()) {
      return List.of(onPath("python3").or(() -> onPath("python")).orElseThrow(PythonCommand::none));
    }
    // a backslash separates folders on Windows, so it can't quote there
    String words = WINDOWS ? given.get().replace('\\', '/') : given.get();
    List<String> command = ShellWords.split("python", words);
    if (command.isEmpty() || command.get(0).isEmpty()) {
      throw new XSpecException("python=" + given.get() + " names no command");
    }
    return command;
  }

  private static BootstrapException none() {
    return new BootstrapException(
        Reason.INTERPRETER_NOT_FOUND,
        "no python3 and no python on the PATH: install one, or name one with python= in the spec",
        "",
        null);
  }

  private static Optional<String> onPath(String name) {
    String path = System.getenv("PATH");
    if (path == null) {
      return Optional.empty();
    }
    String file = WINDOWS ? name + ".exe" : name;
    for (String folder : path.split(File.pathSeparator, -1)) {
      try {
        Path candidate = Path.of(folder, file);
        if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
          return Optional.of(candidate.toString());
        }
      } catch (InvalidPathException e) {
        // a folder that can't exist holds no interpreter
      }
    }
    return Optional.empty();
  }
}
