package io.execnet.transport;

/** What a master says to a worker, for tests that know no protocol. */
public final class WorkerFrames {

  /** A frame STATUS on channel 1, whose answer any worker can give. */
  public static final byte[] STATUS = {0, 0, 0, 0, 1, 0, 0, 0, 0};

  /** The same, behind the HELLO (an empty dict) that a worker of ours waits for. */
  public static final byte[] HELLO_AND_STATUS = {
    66, 0, 0, 0, 0, 0, 0, 0, 2, 'J', 'Q', 0, 0, 0, 0, 1, 0, 0, 0, 0
  };

  private WorkerFrames() {}
}
