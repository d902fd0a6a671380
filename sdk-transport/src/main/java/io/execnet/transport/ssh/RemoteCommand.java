package io.execnet.transport.ssh;

import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.shell.ShellQuote;
import io.execnet.transport.shell.ShellWords;
import java.util.List;

/**
 * The command that becomes the interpreter on the other host. The user's shell there runs it,
 * whichever it is, so it uses what sh, bash, zsh, fish and csh all read alike. Each step is an
 * {@code exec}: signals and the exit status are the interpreter's own.
 */
final class RemoteCommand {

  private static final String READ_PROGRAM = " -c \"import sys;exec(eval(sys.stdin.readline()))\"";

  private RemoteCommand() {}

  static String of(XSpec spec) {
    String options = spec.dontWriteBytecode() ? " -u -B" : " -u";
    if (spec.python().isPresent()) {
      List<String> words = ShellWords.split("python", spec.python().get());
      if (words.isEmpty() || words.get(0).isEmpty()) {
        throw new XSpecException("python=" + spec.python().get() + " names no command");
      }
      return "exec " + ShellQuote.join(words) + options + READ_PROGRAM;
    }
    return "exec sh -c 'for p in python3 python; do"
        + " command -v $p >/dev/null 2>&1 && exec $p"
        + options
        + READ_PROGRAM
        + "; done; echo no python3 and no python on the PATH: name one with python= in the spec >&2;"
        + " exit 127'";
  }

  /** What an error calls it. */
  static String shown(XSpec spec) {
    return spec.python().orElse("python3");
  }
}
