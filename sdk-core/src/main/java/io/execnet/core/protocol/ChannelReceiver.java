package io.execnet.core.protocol;

import io.execnet.core.ExecnetException;
import io.execnet.core.value.ChannelReference;
import org.jspecify.annotations.Nullable;

/**
 * What the engine tells the owner of one channel. Calls come one after the other, on the thread
 * that calls the engine, and may call the engine themselves.
 */
public interface ChannelReceiver {

  /** The handle that stands for this channel inside values that arrive. */
  ChannelReference reference();

  /**
   * An item arrived (CHANNEL_DATA, or another form of it).
   *
   * @param item the value; null for a top-level None
   * @param bytes the length of its payload, or of what it takes of one, to be told with {@link
   *     ChannelCredit#taken}
   */
  void onItem(@Nullable Object item, int bytes);

  /**
   * There is room again, after {@link ChannelCredit#room} was 0: once for each time that {@link
   * ChannelCredit#awaitRoom} was called.
   */
  default void onRoom() {}

  /** Nothing more will come, but sending goes on (CHANNEL_LAST_MESSAGE): at most once. */
  void onReceiveEnd();

  /**
   * The channel is closed for both directions: exactly once, the last call.
   *
   * @param error why, or null where it was closed without an error from either side
   */
  void onClosed(@Nullable ExecnetException error);
}
