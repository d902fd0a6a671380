package io.execnet.transport.ssh;

import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.shell.ShellQuote;
import io.execnet.transport.shell.ShellWords;
import java.util.ArrayList;
import java.util.List;

/**
 * The command that becomes the interpreter on the other host. The user's shell there runs it,
 * whichever it is, so it uses what sh, bash, zsh, fish and csh all read alike. Each step is an
 * {@code exec}: signals and the exit status are the interpreter's own, and so is the process id
 * that {@link ProcessIdScanner} finds in its output.
 */
final class RemoteCommand {

  private static final String TELL = "echo \"" + ProcessIdScanner.BEFORE + "$$>\"; ";

  private static final String FIND =
      "for p in python3 python; do command -v $p >/dev/null 2>&1 && exec $p \"$@\"; done; "
          + "echo no python3 and no python on the PATH: name one with python= in the spec >&2; "
          + "exit 127";

  private RemoteCommand() {}

  static String of(XSpec spec) {
    List<String> arguments = new ArrayList<>();
    arguments.add("-u");
    if (spec.dontWriteBytecode()) {
      arguments.add("-B");
    }
    arguments.addAll(List.of("-c", "import sys;exec(eval(sys.stdin.readline()))"));
    if (spec.python().isEmpty()) {
      return shell(TELL + FIND, arguments);
    }
    List<String> words = ShellWords.split("python", spec.python().get());
    if (words.isEmpty() || words.get(0).isEmpty()) {
      throw new XSpecException("python=" + spec.python().get() + " names no command");
    }
    arguments.addAll(0, words);
    return shell(TELL + "exec \"$@\"", arguments);
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
