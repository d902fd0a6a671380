package io.execnet.benchmarks.scale;

import io.execnet.core.value.PyNone;
import io.execnet.core.value.PyTuple;
import io.execnet.reactive.Channel;
import io.execnet.reactive.Gateway;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;

/** The same item again and again, either way, on one channel that stays open. */
final class ItemStream implements AutoCloseable {

  /** How both ends use it. */
  enum Way {
    FROM_WORKER("from the worker"),
    TO_WORKER("to the worker");

    private final String text;

    Way(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private static final Duration PATIENCE = Duration.ofHours(1);

  private static final String SOURCE =
      """
      item = channel.receive()
      for sends, count in iter(channel.receive, None):
          if sends:
              for i in range(count):
                  channel.send(item)
          else:
              for i in range(count):
                  channel.receive()
          channel.send(None)
      """;

  private final Object item;
  private final Channel channel;
  private final BlockingQueue<Object> ends = new LinkedBlockingQueue<>();
  private long received;

  ItemStream(Gateway gateway, Object item) {
    this.item = item;
    this.channel = Objects.requireNonNull(gateway.remoteExec(SOURCE).open().block(PATIENCE));
    channel.receive().subscribe(this::take, ends::add);
    channel.send(item).block(PATIENCE);
  }

  private void take(Object value) {
    if (value == PyNone.NONE) {
      ends.add(received);
      received = 0;
    } else {
      received++;
    }
  }

  /** Returns when the last of so many has been received. */
  void run(Way way, int count) throws InterruptedException {
    boolean sends = way == Way.FROM_WORKER;
    channel.send(PyTuple.of(sends, count)).block(PATIENCE);
    if (!sends) {
      channel.send(Flux.range(0, count).map(i -> item)).block(PATIENCE);
    }
    Object end = ends.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (!Objects.equals(end, sends ? (long) count : 0L)) {
      throw new IllegalStateException("of %d items, %s".formatted(count, end));
    }
  }

  @Override
  public void close() {
    channel.close().block(PATIENCE);
  }
}
