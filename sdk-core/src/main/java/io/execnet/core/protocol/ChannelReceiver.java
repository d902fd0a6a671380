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
   * An item arrived (CHANNEL_DATA).
   *
   * @param item the value; null for a top-level None
   * @param bytes the length of its payload, for those who bound what they buffer
   */
  void onItem(@Nullable Object item, int bytes);

  /** Nothing more will come, but sending goes on (CHANNEL_LAST_MESSAGE): at most once. */
  void onReceiveEnd();

  /**
   * The channel is closed for both directions: exactly once, the last call.
   *
   * @param error why, or null where it was closed without an error from either side
   */
  void onClosed(@Nullable ExecnetException error);
}
