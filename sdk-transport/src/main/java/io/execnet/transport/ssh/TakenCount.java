package io.execnet.transport.ssh;

/**
 * How much of a stream has come and how much has been taken, which different threads know, each of
 * them one at a time. Whoever is last, the end or who takes, finds that all is over; both may.
 */
final class TakenCount {

  private volatile long received;
  private volatile long taken;
  private volatile boolean ended;

  void received(long length) {
    received += length;
  }

  void taken(long length) {
    taken += length;
  }

  /** Nothing more is received. */
  void ended() {
    ended = true;
  }

  /** Whether it has ended, and all of it is taken. */
  boolean isOver() {
    return ended && taken == received;
  }
}
