package io.execnet.reactive;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.ExecnetException;
import io.execnet.core.GatewayLostException;
import io.execnet.core.RemoteException;
import io.execnet.core.protocol.ChannelReceiver;
import io.execnet.core.protocol.Outstanding;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * What a channel is while its gateway knows it. Users hold a {@link DefaultChannel} that points
 * here; this only points back weakly, so that a channel which everybody has forgotten can be
 * closed.
 */
final class ChannelState implements ChannelReceiver {

  private static final Logger LOGGER = Loggers.getLogger(Channel.class);

  /** A source that blocks may do so for ever. */
  private static final Duration SOURCE_GRACE = Duration.ofSeconds(1);

  private final DefaultGateway gateway;
  private final int id;
  private final ReceiveWindow window;
  private final ReceiveQueue queue;
  private final SendQueue sendQueue;
  private final CloseWaits closeWaits;

  private WeakReference<DefaultChannel> handle = new WeakReference<>(null);
  private @Nullable Duration killAfter;
  private @Nullable Disposable killTimer;
  private OptionalLong cancelledSince = OptionalLong.empty();
  private @Nullable RemoteException failure;
  private volatile boolean closed;
  private volatile @Nullable ExecnetException error;

  ChannelState(DefaultGateway gateway, int id) {
    this.gateway = gateway;
    this.id = id;
    this.window =
        gateway.capabilities().contains(Capability.CREDIT)
            ? new CreditWindow(gateway, this, this::onFull)
            : new GateWindow(
                gateway.threads().loop(), gateway.readGate(), gateway.options(), this::onFull);
    this.sendQueue = new SendQueue(gateway, id);
    this.queue = new ReceiveQueue(gateway.options().scheduler(), window);
    this.closeWaits = new CloseWaits(gateway, this::hindrance);
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

  /** Sets how long after a cancel the worker is killed, if the code still runs then. */
  ChannelState killAfter(@Nullable Duration grace) {
    killAfter = grace;
    return this;
  }

  /** Interrupts the code, or closes the channel where none runs; on the event loop only. */
  void cancel() {
    gateway.engine().cancel(id);
    gateway.flushLater();
    if (!closed && cancelledSince.isEmpty()) {
      cancelledSince = OptionalLong.of(System.nanoTime());
    }
    sendQueue.go(); // who waits to send can't any more
    Duration grace = killAfter;
    if (!closed && grace != null && killTimer == null) {
      killAfterAll(grace);
    }
  }

  private void killAfterAll(Duration grace) {
    killTimer = gateway.threads().loop().schedule(grace, () -> killIfOpen(grace));
  }

  private void killIfOpen(Duration grace) {
    if (!closed && !gateway.readGate().isReading()) {
      killAfterAll(grace); // that the code has ended may have come, and not been read
    } else if (!closed) {
      gateway.condemn(
          "killed, since the code on channel %d still ran %d ms after it was cancelled"
              .formatted(id, grace.toMillis()));
    }
  }

  /** On the event loop only. */
  SendQueue sendQueue() {
    return sendQueue;
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
        DefaultChannel.CLEANER.register(channel, abandoning(new WeakReference<>(this), handle));
      }
    }
    return channel;
  }

  /**
   * Holds nothing, since the cleaner holds it: from the gateway there may be a way to the handle,
   * by those who opened both, and neither would be collected ever.
   */
  private static Runnable abandoning(
      WeakReference<ChannelState> of, WeakReference<DefaultChannel> issued) {
    return () -> {
      ChannelState state = of.get();
      if (state != null) {
        state.gateway.threads().onLoop(() -> state.abandon(issued));
      }
    };
  }

  private void abandon(WeakReference<DefaultChannel> issued) {
    if (handle == issued) {
      if (!closed) {
        gateway.engine().abandon(id, false);
        gateway.flushLater();
      }
      queue.discard();
    }
  }

  @Override
  public void onItem(@Nullable Object item, int bytes) {
    queue.offer(item, bytes);
  }

  @Override
  public void onRoom() {
    sendQueue.go();
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
    if (killTimer != null) {
      killTimer.dispose();
    }
    queue.end(cause);
    window.release();
    closeWaits.closed(cause);
    sendQueue.end();
  }

  /** The window is full, or somebody who received has left it so; on the event loop only. */
  private void onFull() {
    if (!queue.hasReceiver()) {
      LOGGER.warn(
          "channel {} of {} is full of items that nobody receives; until somebody does, {}",
          id,
          gateway.id(),
          window instanceof CreditWindow ? "no more come" : "the gateway does not read");
      stuck();
    }
  }

  /** Nobody receives what is here, and so nothing more comes; on the event loop only. */
  void stuck() {
    closeWaits.check();
  }

  /** Why the channel will not end, if nobody does anything for that; on the event loop only. */
  private Optional<String> hindrance() {
    return queue.hasReceiver()
        ? Optional.empty()
        : window
            .fullBuffer()
            .map(
                full ->
                    "channel %d of %s will not end: %s and nobody receives (receive its items, or use RemoteExec.run, which drops them)"
                        .formatted(id, gateway.id(), full));
  }

  /**
   * Sends an item on the event loop, whether or not the transport has room.
   *
   * @return the length of its payload
   */
  int sendNow(@Nullable Object item) {
    if (closed) {
      throw closedForSending();
    }
    int bytes = gateway.engine().send(id, item);
    gateway.flushLater();
    return bytes;
  }

  Mono<Void> sendAll(Publisher<?> items) {
    return Mono.defer(() -> sendAll(new AskedSource(items)));
  }

  private Mono<Void> sendAll(AskedSource source) {
    Mono<Void> sending =
        Mono.create(
            sink -> {
              ItemSender sender = new ItemSender(this, sink);
              sink.onDispose(sender::stop);
              gateway
                  .threads()
                  .requestedOnScheduler(Flux.from(source))
                  .doOnRequest(source::asking)
                  .subscribe(sender);
            });
    // Who takes the last item may close before the source has said that it was the last.
    Mono<Void> over =
        whenClosed().then(Mono.defer(() -> error == null ? told(source) : Mono.empty()));
    return Mono.firstWithSignal(sending, over.then(Mono.error(this::closedForSending)));
  }

  /** Completes when the sender knows what a call of the source that is under way brings. */
  private Mono<Void> told(AskedSource source) {
    return Mono.firstWithSignal(source.answered(), Mono.delay(SOURCE_GRACE).then())
        .then(Mono.create(sink -> gateway.threads().loop().execute(sink::success)));
  }

  /** Completes at the close, whatever its reason. */
  Mono<Void> whenClosed() {
    return closeWaits.end().onErrorComplete();
  }

  /** Completes when it is closed, or fails where that can't come. */
  Mono<Void> waitClose() {
    return closeWaits.await();
  }

  /** On the event loop only. */
  ChannelFlow flow() {
    List<Wait> waits = new ArrayList<>();
    boolean hasCredit = gateway.engine().credit().room(id) > 0;
    add(waits, Waiter.RECEIVER, queue.starvedSince());
    add(waits, Waiter.REMOTE_SENDER, window.fullSince());
    add(waits, hasCredit ? Waiter.SENDER_TO_TRANSPORT : Waiter.SENDER, sendQueue.waitsSince());
    add(waits, Waiter.CANCELLER, cancelledSince);
    add(waits, Waiter.CLOSE, closeWaits.since());
    Outstanding held = window.held();
    Outstanding sent = gateway.engine().credit().sent(id);
    return new ChannelFlow(
        id, !closed, held.items(), held.bytes(), sent.items(), sent.bytes(), List.copyOf(waits));
  }

  private static void add(List<Wait> waits, Waiter waiter, OptionalLong since) {
    since.ifPresent(nanoTime -> waits.add(Wait.since(waiter, nanoTime)));
  }

  ChannelClosedException closedForSending() {
    ExecnetException cause = error;
    String why = cause instanceof GatewayLostException ? ": " + cause.getMessage() : "";
    return new ChannelClosedException(
        "channel " + id + " of " + gateway.id() + " is closed" + why, cause);
  }
}
