package io.execnet.reactive;

import io.execnet.core.protocol.Outstanding;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;

/** Sees to it that one channel never holds too much that nobody has taken. */
abstract class ReceiveWindow {

  private final Executor loop;
  private final Runnable onFull;

  private volatile boolean full;
  private long fullSince;

  /**
   * Creates an empty window.
   *
   * @param onFull run on the event loop each time nothing more can come, and when a receiver leaves
   *     it so
   */
  ReceiveWindow(Executor loop, Runnable onFull) {
    this.loop = loop;
    this.onFull = onFull;
  }

  /** An item was put in; on the event loop only. */
  abstract void added(int bytes);

  /** An item was taken out; on any thread. */
  abstract void removed(int bytes);

  /** What is in it; on the event loop only. */
  abstract Outstanding held();

  /** Nothing more will be put in, so it can hold nobody up; on the event loop only. */
  abstract void release();

  /** Whoever took items takes no more; on any thread. */
  final void receiverLeft() {
    loop.execute(this::left);
  }

  /** The same, on the event loop. */
  void left() {
    if (full) {
      onFull.run();
    }
  }

  /** Whether nothing more comes until something is taken. */
  final boolean isFull() {
    return full;
  }

  /** What is so full that nothing more comes, if anything is; on the event loop only. */
  Optional<String> fullBuffer() {
    return full
        ? Optional.of("its receive buffer is full (GroupOptions.receiveBuffer)")
        : Optional.empty();
  }

  /** Since when the other side can't send, by {@link System#nanoTime()}; on the event loop only. */
  OptionalLong fullSince() {
    return full ? OptionalLong.of(fullSince) : OptionalLong.empty();
  }

  /** Nothing more comes from now on; on the event loop only. */
  final void fill() {
    if (!full) {
      full = true;
      fullSince = System.nanoTime();
      onFull.run();
    }
  }

  /** More may come; on the event loop only. */
  final void open() {
    full = false;
  }
}
