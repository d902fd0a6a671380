package io.execnet.reactive;

import io.execnet.transport.OutputLine;
import io.execnet.transport.output.OutputSink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import reactor.core.scheduler.Scheduler;

/**
 * What one descriptor's frames bring, on its way to a consumer that may block: one chunk at a time,
 * while the next ones gather. The worker's window bounds them. Confined to the event loop, apart
 * from what the sink does.
 */
final class FramedOutput {

  private final DefaultGateway gateway;
  private final OutputSink sink;
  private final Scheduler blocking;
  private final IntConsumer onTaken;
  private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();
  private boolean used;
  private boolean busy;
  private int inHand;
  private Runnable onEnd = () -> {};
  private boolean ended;

  /**
   * Begins with nothing.
   *
   * @param onTaken is told how many bytes the consumer has taken, on the event loop
   */
  FramedOutput(
      DefaultGateway gateway,
      OutputLine.Stream stream,
      Consumer<OutputLine> consumer,
      Scheduler blocking,
      IntConsumer onTaken) {
    this.gateway = gateway;
    this.sink = new OutputSink(gateway.id(), stream, consumer);
    this.blocking = blocking;
    this.onTaken = onTaken;
  }

  void add(ByteBuffer bytes) {
    used = true;
    gathered.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    next();
  }

  /** How many bytes are here that the consumer has not taken. */
  int held() {
    return (busy ? inHand : 0) + gathered.size();
  }

  /** Nothing more comes; runs this, on the event loop, when all of it has been handed over. */
  void end(Runnable whenHandedOver) {
    if (!used) {
      whenHandedOver.run();
      return;
    }
    ended = true;
    onEnd = whenHandedOver;
    next();
  }

  private void next() {
    if (busy) {
      return;
    }
    byte[] chunk = gathered.toByteArray();
    gathered.reset();
    inHand = chunk.length;
    if (chunk.length > 0) {
      handOver(
          () -> sink.accept(chunk, chunk.length),
          () -> {
            busy = false;
            onTaken.accept(chunk.length);
            next();
          });
    } else if (ended) {
      handOver(sink::end, onEnd);
    }
  }

  private void handOver(Runnable work, Runnable then) {
    busy = true;
    blocking.schedule(
        () -> {
          try {
            work.run();
          } finally {
            gateway.threads().onLoop(then);
          }
        });
  }
}
