package io.execnet.reactive;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.ExecnetException;
import io.execnet.core.RemoteException;
import io.execnet.core.protocol.ChannelReceiver;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * What a channel is while its gateway knows it. Users hold a {@link DefaultChannel} that points
 * here; this only points back weakly, so that a channel which everybody has forgotten can be
 * closed.
 */
final class ChannelState implements ChannelReceiver {

  private static final Logger LOGGER = Loggers.getLogger(Channel.class);

  private static final int SEND_PREFETCH = 32;

  private final DefaultGateway gateway;
  private final int id;
  private final ReceiveWindow window;
  private final ReceiveQueue queue;
  private final Sinks.Empty<Void> closing = Sinks.empty();
  private final Sinks.Many<Object> overflows = Sinks.many().multicast().directBestEffort();

  private WeakReference<DefaultChannel> handle = new WeakReference<>(null);
  private @Nullable RemoteException failure;
  private volatile boolean closed;
  private volatile @Nullable ExecnetException error;

  ChannelState(DefaultGateway gateway, int id) {
    this.gateway = gateway;
    this.id = id;
    this.window =
        new ReceiveWindow(gateway.loop(), gateway.readGate(), gateway.options(), this::onFull);
    this.queue = new ReceiveQueue(gateway.options().scheduler(), window);
  }

  int id() {
    return id;
  }

  DefaultGateway gateway() {
    return gateway;
  }

  ReceiveQueue queue() {
    return queue;
  }

  boolean isClosed() {
    return closed;
  }

  /** The one handle that users have now; on the event loop only. */
  @Override
  public DefaultChannel reference() {
    DefaultChannel channel = handle.get();
    if (channel == null) {
      channel = new DefaultChannel(this);
      handle = new WeakReference<>(channel);
      if (!closed) {
        WeakReference<DefaultChannel> issued = handle;
        DefaultChannel.CLEANER.register(channel, () -> gateway.onLoop(() -> abandon(issued)));
      }
    }
    return channel;
  }

  private void abandon(WeakReference<DefaultChannel> issued) {
    if (handle == issued && !closed) {
      gateway.engine().abandon(id, false);
      gateway.flushLater();
    }
  }

  @Override
  public void onItem(@Nullable Object item, int bytes) {
    queue.offer(item, bytes);
  }

  @Override
  public void onReceiveEnd() {
    queue.end(null);
    window.release();
  }

  /** Whatever closes it now, this is why; on the event loop only. */
  void failedWith(RemoteException cause) {
    failure = cause;
  }

  @Override
  public void onClosed(@Nullable ExecnetException reason) {
    ExecnetException cause = failure == null ? reason : failure;
    if (cause instanceof RemoteException remote) {
      cause = new RemoteException(remote.remoteText(), gateway.id());
    }
    error = cause;
    closed = true;
    queue.end(cause);
    window.release();
    if (cause == null) {
      closing.tryEmitEmpty();
    } else {
      closing.tryEmitError(cause);
    }
  }

  /** The window is full, or somebody who received has left it so; on the event loop only. */
  private void onFull() {
    if (!queue.hasReceiver()) {
      LOGGER.warn(
          "channel {} of {} is full of items that nobody receives; until somebody does, the gateway"
              + " does not read",
          id,
          gateway.id());
      overflows.tryEmitNext("full");
    }
  }

  /** Sends an item on the event loop, whether or not the transport has room. */
  void sendNow(@Nullable Object item) {
    gateway.engine().send(id, item);
    gateway.flushLater();
  }

  Mono<Void> sendAll(Publisher<?> items) {
    Mono<Void> sending =
        Mono.create(
            sink -> {
              ItemSender sender = new ItemSender(this, sink);
              sink.onDispose(sender);
              gateway
                  .requestedOnScheduler(Flux.<Object>from(items))
                  .publishOn(gateway.loopScheduler(), SEND_PREFETCH)
                  .subscribe(sender);
            });
    return Mono.firstWithSignal(sending, whenClosed().then(Mono.error(this::closedForSending)));
  }

  /** Completes at the close, whatever its reason. */
  private Mono<Void> whenClosed() {
    return closing.asMono().onErrorComplete();
  }

  Mono<Void> waitClose() {
    Mono<Object> nowFull =
        Mono.defer(() -> overflowed() ? Mono.just("full already") : Mono.empty());
    Mono<Void> overflow =
        Flux.merge(overflows.asFlux(), nowFull).next().then(Mono.error(this::tooMany));
    return Mono.firstWithSignal(closing.asMono(), overflow);
  }

  private boolean overflowed() {
    return window.isFull() && !queue.hasReceiver();
  }

  private IllegalStateException tooMany() {
    return new IllegalStateException(
        "channel "
            + id
            + " of "
            + gateway.id()
            + " will not end: its receive buffer is full and nobody receives (receive its items, or"
            + " use RemoteExec.run, which drops them)");
  }

  ChannelClosedException closedForSending() {
    return new ChannelClosedException(
        "channel " + id + " of " + gateway.id() + " is closed", error);
  }
}
