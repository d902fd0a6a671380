package io.execnet.reactive;

import io.execnet.core.value.ChannelReference;
import io.execnet.core.value.StringCoercion;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One of two ends on which values go both ways. Thread-safe. It can be sent inside a value on any
 * channel of its gateway, which gives the other side its other end. A channel that is open when it
 * becomes unreachable is closed.
 */
public interface Channel extends ChannelReference {

  /** The gateway that it belongs to. */
  Gateway gateway();

  /**
   * Sends one item (CHANNEL_DATA). Null is None. It is written out on the gateway's event loop:
   * until the result completes its collections must not change, and their iterators, of which more
   * than one may be asked for, never block.
   *
   * @return completes when the transport has accepted the item, which is later than now while the
   *     other end holds as much as {@link GroupOptions#sendBuffer()} allows; {@link
   *     io.execnet.core.DumpException} if it has no Python form, {@link
   *     io.execnet.core.ChannelClosedException} if the channel is closed for sending
   */
  Mono<Void> send(@Nullable Object item);

  /**
   * Sends each item of a source. Where the gateway has {@link Capability#CREDIT}, no more of them
   * is requested than {@link GroupOptions#sendBuffer()} beyond what the code at the other end has
   * received; else they are requested as the transport accepts them. The channel stays open at its
   * end. An item that can't be sent cancels the source and is the error.
   */
  Mono<Void> send(Publisher<?> items);

  /**
   * What the other side sends, requested from it as the subscriber requests: see {@link
   * GroupOptions#receiveBuffer()}. One subscriber at a time, a second one gets {@link
   * IllegalStateException}; but after a cancel another may go on with the next item: what was not
   * requested, or is not being handed over at the moment of the cancel, stays.
   *
   * @return the items, a None as {@link io.execnet.core.value.PyNone}; it completes when the
   *     channel is closed or the other side sends no more, and fails with {@link
   *     io.execnet.core.RemoteException} where it was closed with an error, {@link
   *     io.execnet.core.GatewayLostException} where the gateway was lost
   */
  default Flux<Object> receive() {
    return receive(Object.class);
  }

  /**
   * The same with each item as this type: numbers only where the value fits exactly, dicts and
   * lists to records and beans through Jackson where that is on the class path. What does not fit
   * is a {@link io.execnet.core.LoadException}, a None too unless the type is {@code Object}.
   */
  <T> Flux<T> receive(Class<T> type);

  /** The same for generic types. */
  <T> Flux<T> receive(TypeReference<T> type);

  /**
   * Sends the items, then half-closes, and gives what the other side sends until it ends. An error
   * of the source closes the channel with that error. Cancelling cancels the source and the
   * channel, as {@link #cancel()} does.
   */
  <T> Flux<T> exchange(Publisher<?> items, Class<T> type);

  /** The same for generic types. */
  <T> Flux<T> exchange(Publisher<?> items, TypeReference<T> type);

  /**
   * Says that nothing more will be sent (CHANNEL_LAST_MESSAGE): the other side's {@code for item in
   * channel} ends once it has read what came before. Receiving goes on.
   */
  Mono<Void> halfClose();

  /**
   * Interrupts the code that runs on this channel, wherever it is: {@code channel.Cancelled}, a
   * {@code KeyboardInterrupt}, is raised in it once, and its {@code finally} blocks run. From then
   * on nothing more can be sent, in either direction, but what is on its way can be received, and
   * then a {@link io.execnet.core.RemoteException} that says where the code was interrupted. A
   * channel on which no code runs is closed, and any where the gateway has no {@link
   * Capability#CANCEL}.
   *
   * <p>In the worker's main thread, where the first execution runs, a signal does it. In any other
   * thread code is interrupted when it next runs Python code, sleeps, or uses a channel; not inside
   * a lock or a system call. A process that gateways share ({@code socketservice=}, and a server's
   * {@code --in-process}) has only such threads. A function of C that keeps the interpreter to
   * itself, as {@code sum(itertools.count())} does, is never interrupted, nor are threads and
   * processes which the code has started.
   *
   * @return completes when the code has ended, however it did; see {@link RemoteExec#killAfter} for
   *     code that does not. To cancel waiting changes nothing.
   */
  Mono<Void> cancel();

  /**
   * Closes both directions (CHANNEL_CLOSE). Items that arrived can still be received. Code that
   * runs there finds out when it next uses the channel; see {@link #cancel()}.
   */
  Mono<Void> close();

  /** Closes both directions; the other side's {@code receive} raises RemoteError with this text. */
  Mono<Void> close(String error);

  /**
   * Completes when the channel is closed, for code that runs there: when it has ended; fails as
   * {@link #receive()} does. It does not receive. Where the code can't go on because of that it
   * fails with {@link IllegalStateException}, which names the option, rather than wait for ever:
   * when the items that nobody receives fill the buffer of this channel ({@link
   * GroupOptions#receiveBuffer()}), or this channel holds some and such items fill that of the
   * gateway ({@link GroupOptions#gatewayBufferBytes()}), also those of channels that have ended.
   * What somebody has subscribed to counts as received, whether or not they request it.
   *
   * <p>Where the gateway has no {@link Capability#CREDIT} (a stock worker, or {@link
   * GroupOptions#withUnboundedChannels()}) it fails when the buffer of this channel is full. If
   * that of another channel is, the gateway does not read: then this waits until somebody receives
   * there, of which the log has told, and {@link Gateway#flow()} does.
   */
  Mono<Void> waitClose();

  /** Whether it is closed for both directions. */
  boolean isClosed();

  /** Sets how strings are read on this channel, on both sides (RECONFIGURE). */
  Mono<Void> reconfigure(StringCoercion coercion);

  /** This channel for a thread that may block. */
  BlockingChannel blocking();
}
