package io.execnet.reactive;

import org.jspecify.annotations.Nullable;

/**
 * What happens on one channel of a {@link MultiChannel}.
 *
 * @param <T> the type of its items
 */
public sealed interface ChannelEvent<T> {

  /** Which channel. */
  Channel channel();

  /**
   * An item arrived.
   *
   * @param item the item, a None as {@link io.execnet.core.value.PyNone}
   */
  record Item<T>(Channel channel, T item) implements ChannelEvent<T> {}

  /**
   * Nothing more will arrive on this channel.
   *
   * @param error why, as {@link Channel#receive()} would have failed; null if it was closed in
   *     peace
   */
  record End<T>(Channel channel, @Nullable Throwable error) implements ChannelEvent<T> {}
}
