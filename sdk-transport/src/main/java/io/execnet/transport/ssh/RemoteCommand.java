package io.execnet.transport.ssh;

import io.execnet.core.spec.XSpec;
import io.execnet.transport.shell.InterpreterCommand;
import io.execnet.transport.shell.ShellQuote;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The command that becomes the interpreter on the other host. The user's shell there runs it,
 * whichever it is, so it uses what sh, bash, zsh, fish and csh all read alike. Each step is an
 * {@code exec}: signals and the exit status are the interpreter's own, and so is the process id
 * that {@link ProcessIdScanner} finds in its output. OpenSSH's client does not pass a signal on:
 * for that one the interpreter is a child of the process, which tells how it ended.
 */
final class RemoteCommand {

  private static final String TELL = "echo \"" + ProcessIdScanner.BEFORE + "$$>\"; ";

  private static final String END = "<execnet end ";

  private RemoteCommand() {}

  static String of(XSpec spec) {
    return of(spec, InterpreterCommand.arguments(spec));
  }

  /** The same with the end told on standard error, where {@link #end()} finds it. */
  static String supervised(XSpec spec) {
    return of(spec, InterpreterCommand.supervised(spec, END + "%d>"));
  }

  /** Finds the status of {@code waitpid} on the standard error of a supervised interpreter. */
  static NumberLine end() {
    return new NumberLine(END, Long.MAX_VALUE);
  }

  private static String of(XSpec spec, List<String> arguments) {
    List<String> words = new ArrayList<>();
    Optional<List<String>> named = InterpreterCommand.named(spec);
    named.ifPresent(words::addAll);
    words.addAll(arguments);
    return shell(TELL + (named.isPresent() ? "exec \"$@\"" : InterpreterCommand.FIND), words);
  }

  /** Kills a process, and those of its group, for servers that send no signals. */
  static String kill(long pid) {
    return shell("kill -s KILL -- -" + pid + " 2>/dev/null || kill -s KILL " + pid, List.of());
  }

  private static String shell(String script, List<String> arguments) {
    String command = "exec sh -c '" + script + "' sh";
    return arguments.isEmpty() ? command : command + " " + ShellQuote.join(arguments);
  }

  /** What an error calls it. */
  static String shown(XSpec spec) {
    return spec.python().orElse("python3");
  }
}
