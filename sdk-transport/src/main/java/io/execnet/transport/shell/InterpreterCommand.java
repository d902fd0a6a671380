package io.execnet.transport.shell;

import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The command lines of interpreters that read one line and execute it, on this host or another. */
public final class InterpreterCommand {

  private static final String READ_LINE = "exec(eval(sys.stdin.readline()))";
  private static final String READ_PROGRAM = "import sys;" + READ_LINE;

  /** So that bytes may follow the line, which a reader of text would take in. */
  private static final String READ_BYTES =
      "import sys;exec(eval(getattr(sys.stdin,'buffer',sys.stdin).readline()))";

  /**
   * A script for {@code sh} that becomes the host's interpreter, with the arguments that it gets.
   * It has no single quotes.
   */
  public static final String FIND =
      "for p in python3 python; do command -v $p >/dev/null 2>&1 && exec $p \"$@\"; done; "
          + "echo no python3 and no python on the PATH: name one with python= in the spec >&2; "
          + "exit 127";

  private InterpreterCommand() {}

  /**
   * The interpreter that the spec names, in words: {@code python=}.
   *
   * @throws XSpecException if those are no words, or none
   */
  public static Optional<List<String>> named(XSpec spec) {
    return spec.python()
        .map(
            text -> {
              List<String> words = ShellWords.split("python", text);
              if (words.isEmpty() || words.get(0).isEmpty()) {
                throw new XSpecException("python=" + text + " names no command");
              }
              return words;
            });
  }

  /** What follows the interpreter's own words where it is started here; it may read bytes too. */
  public static List<String> localArguments(XSpec spec) {
    return arguments(spec, READ_BYTES);
  }

  /** What follows the interpreter's own words. */
  public static List<String> arguments(XSpec spec) {
    return arguments(spec, READ_PROGRAM);
  }

  /**
   * The same, for one whose end is told by its parent, a process that it forks from. {@code ssh}
   * gives every death by a signal, and its own failures, the one exit status 255. Both are a
   * process group of their own, so that they can be killed together.
   *
   * @param tell what that writes to standard error, as a line with the status of {@code waitpid} in
   *     the place of {@code %d}
   */
  public static List<String> supervised(XSpec spec, String tell) {
    // Python 2 has to understand it too, so as to be told that it is too old
    return arguments(
        spec,
        "import os,sys;os.getpgrp()==os.getpid() or os.setpgid(0,0);p=os.fork();p and os.closerange(0,2);s=p and os.waitpid(p,0)[1];"
            + "p and os.write(2,(\""
            + tell
            + "\"%s+os.linesep).encode());"
            + "p and os._exit(s>>8 or s&127 and 128+s%128);"
            + READ_LINE);
  }

  private static List<String> arguments(XSpec spec, String program) {
    return spec.dontWriteBytecode()
        ? List.of("-u", "-B", "-c", program)
        : List.of("-u", "-c", program);
  }

  /**
   * One line for the shell of another host, whichever it is: the interpreter that the spec names,
   * or {@code python3} or else {@code python}, as that host finds them.
   */
  public static String forShell(XSpec spec) {
    List<String> command = new ArrayList<>();
    List<String> arguments = arguments(spec);
    Optional<List<String>> named = named(spec);
    if (named.isPresent()) {
      command.addAll(named.get());
    } else {
      command.addAll(List.of("sh", "-c", FIND, "sh"));
    }
    command.addAll(arguments);
    return ShellQuote.join(command);
  }

  /** Vagrant's client with that line, for {@code vagrant_ssh=}. */
  public static List<String> vagrant(XSpec spec) {
    List<String> command = new ArrayList<>(List.of("vagrant", "ssh"));
    command.addAll(ShellWords.split("vagrant_ssh", spec.vagrantSsh().orElseThrow()));
    command.addAll(List.of("--", "-T", forShell(spec)));
    return command;
  }
}
