package io.execnet.reactive;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.GatewayLostException;
import io.execnet.core.value.StringCoercion;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/** The handle of a channel: when the last reference to it is gone, the channel is closed. */
final class DefaultChannel implements Channel {

  static final Cleaner CLEANER = Cleaner.create();

  private final ChannelState state;

  DefaultChannel(ChannelState state) {
    this.state = state;
  }

  @Override
  public int id() {
    return state.id();
  }

  @Override
  public DefaultGateway gateway() {
    return state.gateway();
  }

  ReceiveQueue queue() {
    return state.queue();
  }

  @Override
  public Mono<Void> send(@Nullable Object item) {
    if (item instanceof Publisher<?> items) {
      return send(items);
    }
    return state.gateway().threads().signalled(sendOne(item));
  }

  /** Sends an item, which is no source of them, and completes on the event loop. */
  Mono<Void> sendOne(@Nullable Object item) {
    return Mono.defer(() -> keepingReachable(sending(item)));
  }

  private Mono<Void> sending(@Nullable Object item) {
    SendQueue queue = state.sendQueue();
    AtomicReference<@Nullable Runnable> task = new AtomicReference<>();
    return state
        .gateway()
        .threads()
        .commandOnLoop(
            sink -> {
              Runnable sending = () -> sink.run(() -> state.sendNow(item));
              task.set(sending);
              queue.whenRoom(sending);
            })
        .doOnCancel(() -> state.gateway().threads().onLoop(() -> forget(task.get())));
  }

  private void forget(@Nullable Runnable task) {
    if (task != null) {
      state.sendQueue().remove(task);
    }
  }

  @Override
  public Mono<Void> send(Publisher<?> items) {
    return keepingReachable(state.gateway().threads().signalled(state.sendAll(items)));
  }

  @Override
  public <T> Flux<T> receive(Class<T> type) {
    return received(ValueBinder.to(type));
  }

  @Override
  public <T> Flux<T> receive(TypeReference<T> type) {
    return received(ValueBinder.to(type));
  }

  @SuppressWarnings("unchecked")
  private <T> Flux<T> received(ValueBinder<T> binder) {
    Flux<Object> items =
        new Flux<>() {
          @Override
          public void subscribe(CoreSubscriber<? super Object> actual) {
            state.queue().subscribe(actual, DefaultChannel.this);
          }
        };
    return binder.isIdentity() ? (Flux<T>) items : items.map(binder::bind);
  }

  @Override
  public <T> Flux<T> exchange(Publisher<?> items, Class<T> type) {
    return exchange(items, receive(type));
  }

  @Override
  public <T> Flux<T> exchange(Publisher<?> items, TypeReference<T> type) {
    return exchange(items, receive(type));
  }

  private <T> Flux<T> exchange(Publisher<?> items, Flux<T> received) {
    return Flux.defer(
        () -> {
          FailureSignal failure = new FailureSignal();
          Disposable.Swap sending = Disposables.swap();
          Mono<Void> sendingAll =
              send(items).then(halfClose()).onErrorResume(error -> sendingFailed(error, failure));
          return failure
              .orElse(
                  received.doOnSubscribe(subscription -> sending.update(sendingAll.subscribe())))
              .doFinally(
                  signal -> {
                    sending.dispose();
                    if (signal != SignalType.ON_COMPLETE) {
                      cancel().subscribe();
                    }
                  });
        });
  }

  private Mono<Void> sendingFailed(Throwable error, FailureSignal failure) {
    // A channel that the other side closed, or a lost gateway, is what the receiving side reports.
    if (!(error instanceof ChannelClosedException) && !(error instanceof GatewayLostException)) {
      failure.announce(error); // the close reaches the receiving side too
      close(String.valueOf(error)).subscribe();
      failure.fail(error);
    }
    return Mono.empty();
  }

  @Override
  public Mono<Void> halfClose() {
    return command(
        sink ->
            sink.run(
                () -> {
                  state.gateway().engine().endSend(state.id());
                  state.sendQueue().go(); // who waits to send can't any more
                }));
  }

  @Override
  public Mono<Void> close() {
    return command(sink -> sink.run(() -> state.gateway().engine().close(state.id(), null)));
  }

  @Override
  public Mono<Void> close(String error) {
    return command(sink -> sink.run(() -> state.gateway().engine().close(state.id(), error)));
  }

  @Override
  public Mono<Void> cancel() {
    return command(sink -> sink.run(state::cancel))
        .then(keepingReachable(state.gateway().threads().signalled(state.whenClosed())));
  }

  @Override
  public Mono<Void> waitClose() {
    return keepingReachable(state.gateway().threads().signalled(state.waitClose()));
  }

  @Override
  public boolean isClosed() {
    return state.isClosed();
  }

  @Override
  public Mono<Void> reconfigure(StringCoercion coercion) {
    return command(
        sink -> sink.run(() -> state.gateway().engine().reconfigure(state.id(), coercion)));
  }

  @Override
  public BlockingChannel blocking() {
    return new DefaultBlockingChannel(this);
  }

  private Mono<Void> command(LoopCommand command) {
    return keepingReachable(state.gateway().threads().command(command));
  }

  /** Holds this handle, and so the channel, for as long as somebody waits for the result. */
  private <T> Mono<T> keepingReachable(Mono<T> mono) {
    return mono.doFinally(signal -> Reference.reachabilityFence(this));
  }

  @Override
  public String toString() {
    return "Channel(" + gateway().id() + ", " + id() + (isClosed() ? ", closed)" : ")");
  }
}
