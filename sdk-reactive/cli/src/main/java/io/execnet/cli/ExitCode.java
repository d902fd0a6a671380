package io.execnet.cli;

/** What the command's exit status says. */
final class ExitCode {

  /** All well. */
  static final int OK = 0;

  /** Remote code raised, an item failed, or time ran out. */
  static final int FAILED = 1;

  /** The command line was wrong, and nothing was started. */
  static final int USAGE = 2;

  /** A gateway could not be opened. */
  static final int NOT_OPENED = 3;

  /** Ctrl-C: 128 and SIGINT's number, as shells have it. */
  static final int INTERRUPTED = 130;

  /** The reader of standard output is gone: 128 and SIGPIPE's number, as of any other program. */
  static final int BROKEN_PIPE = 141;

  private ExitCode() {}
}
