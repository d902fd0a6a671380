package io.execnet.transport.via;

import io.execnet.transport.EventLoop;
import io.execnet.transport.output.BlockingWork;
import io.execnet.transport.output.OutputSink;
import io.execnet.transport.output.OutputTail;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/**
 * What the far end writes to its standard error, on its way to a consumer that may block: more is
 * asked for when it has taken what came. Its state lives on the event loop.
 */
final class FarErrors {

  private final OutputSink sink;
  private final EventLoop loop;
  private final IntConsumer grant;
  private final OutputTail tail = new OutputTail();
  private final ArrayDeque<Chunk> waiting = new ArrayDeque<>();
  private final CompletableFuture<Void> handedOver = new CompletableFuture<>();
  private boolean busy;
  private boolean ended;
  private int room = Forwarder.ERRORS_WINDOW;

  /** What is to be handed over, and how many bytes that was of what came. */
  private record Chunk(byte[] bytes, int came) {}

  FarErrors(OutputSink sink, EventLoop loop, IntConsumer grant) {
    this.sink = sink;
    this.loop = loop;
    this.grant = grant;
  }

  /** These are to be handed over, of so many bytes that came. */
  void add(byte[] bytes, int came) {
    room -= came;
    if (room < 0) {
      throw new IllegalStateException("it sent more errors than it was asked for");
    }
    tail.add(bytes, 0, bytes.length);
    waiting.add(new Chunk(bytes, came));
    next();
  }

  /** Nothing more comes. */
  void end() {
    ended = true;
    next();
  }

  /** Whether nothing more comes. */
  boolean isEnded() {
    return ended;
  }

  /** Completes when all of it has been handed over. */
  CompletableFuture<Void> handedOver() {
    return handedOver;
  }

  /** The end of it; any thread may ask. */
  String text() {
    return tail.text();
  }

  private void next() {
    if (busy || handedOver.isDone()) {
      return;
    }
    Chunk chunk = waiting.poll();
    if (chunk != null) {
      byte[] bytes = chunk.bytes;
      handOver(() -> sink.accept(bytes, bytes.length), () -> taken(chunk.came));
    } else if (ended) {
      handOver(sink::end, () -> handedOver.complete(null));
    }
  }

  private void taken(int bytes) {
    room += bytes;
    grant.accept(bytes);
  }

  private void handOver(Runnable work, Runnable then) {
    busy = true;
    BlockingWork.OUTPUT.schedule(
        () -> {
          work.run();
          loop.execute(
              () -> {
                busy = false;
                then.run();
                next();
              });
        });
  }
}
