package io.execnet.transport.ssh;

import java.util.OptionalLong;

/**
 * Finds and takes out the line in which the remote command tells its process id, after what a
 * shell's profile may print.
 */
public final class ProcessIdScanner {

  static final String BEFORE = "<execnet pid ";

  /** What may come before it. */
  private static final int MAX_NOISE = 64 * 1024;

  private final NumberLine line = new NumberLine(BEFORE, MAX_NOISE);

  /** The process id, once it has been found, where that is a process that may be killed. */
  public OptionalLong pid() {
    OptionalLong pid = line.number();
    // to kill, 0 and -1 mean many processes; and 1, in a namespace of its own, is another one here
    return pid.orElse(0) > 1 ? pid : OptionalLong.empty();
  }

  /** Whether the line can no longer come, so that all the rest is to be left alone. */
  public boolean isDone() {
    return line.isDone();
  }

  /** What of these bytes, and of those held back before, is not the line. */
  public byte[] scan(byte[] bytes, int length) {
    return line.scan(bytes, length);
  }
}
