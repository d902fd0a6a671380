package io.execnet.reactive;

import java.util.ArrayDeque;
import java.util.OptionalLong;

/**
 * Who waits to send on one channel, in order: until the other side takes more items there, and the
 * transport more bytes. Confined to the event loop.
 */
final class SendQueue {

  private final DefaultGateway gateway;
  private final int channelId;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean waitsForTransport;
  private boolean hasTurn;
  private boolean ended;
  private long waitsSince;

  SendQueue(DefaultGateway gateway, int channelId) {
    this.gateway = gateway;
    this.channelId = channelId;
  }

  /**
   * Runs this, which may send one item, when that is possible; and in any case at the end, where it
   * finds out that it is not.
   */
  void whenRoom(Runnable task) {
    waiting.add(task);
    if (waiting.size() == 1) {
      go();
    }
  }

  /** Nobody waits for this any more. */
  void remove(Runnable task) {
    if (waiting.remove(task) && waiting.isEmpty()) {
      waitsSince = 0;
    }
  }

  /** Since when nobody here could send, by {@link System#nanoTime()}. */
  OptionalLong waitsSince() {
    return waitsSince == 0 ? OptionalLong.empty() : OptionalLong.of(waitsSince);
  }

  /** How many items may be sent now, large ones aside; none where others wait. */
  int room() {
    return waiting.isEmpty() ? gateway.engine().credit().room(channelId) : 0;
  }

  /** There may be room again. */
  void go() {
    while (!waiting.isEmpty() && mayGo()) {
      waitsSince = 0;
      waiting.remove().run();
    }
    if (waitsSince == 0 && !waiting.isEmpty()) {
      waitsSince = System.nanoTime() | 1;
    }
  }

  private boolean mayGo() {
    if (ended) {
      return true;
    }
    if (gateway.engine().credit().room(channelId) == 0) {
      gateway.engine().credit().awaitRoom(channelId);
      return false;
    }
    if (hasTurn || gateway.writeGate().isOpen()) {
      hasTurn = false;
      return true;
    }
    if (!waitsForTransport) {
      waitsForTransport = true;
      gateway.writeGate().await(this::takeTurn);
    }
    return false;
  }

  /** Between channels it goes round: each sends one item before it waits again. */
  private void takeTurn() {
    waitsForTransport = false;
    hasTurn = true;
    go();
    hasTurn = false;
  }

  /** The channel is closed: all go on, and find that out. */
  void end() {
    ended = true;
    go();
  }
}
