package io.execnet.reactive;

import java.util.ArrayDeque;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * The slots of all workers that are free now, or who waits for one.
 *
 * @param <T> what has a place for one item
 */
final class SlotPool<T> {

  private final ArrayDeque<T> free = new ArrayDeque<>();
  private final ArrayDeque<MonoSink<T>> waiting = new ArrayDeque<>();

  /**
   * A free slot, first come first served.
   *
   * @param first before all who wait: for an item that had its turn already
   */
  Mono<T> acquire(boolean first) {
    return Mono.create(
        sink -> {
          T slot;
          synchronized (this) {
            slot = free.poll();
            if (slot == null) {
              if (first) {
                waiting.addFirst(sink);
              } else {
                waiting.addLast(sink);
              }
            }
          }
          if (slot != null) {
            sink.success(slot);
          }
        });
  }

  /** Offers a slot. */
  void add(T slot) {
    MonoSink<T> next;
    synchronized (this) {
      next = waiting.poll();
      if (next == null) {
        free.add(slot);
      }
    }
    if (next != null) {
      next.success(slot);
    }
  }

  /** Takes a slot back that is of no more use. */
  synchronized void remove(T slot) {
    free.remove(slot);
  }
}
