package io.execnet.reactive;

import org.jspecify.annotations.Nullable;

/** What comes of one item of a {@link MapJob}: its values, then how it ended. */
public sealed interface MapResult {

  /** The item's place in the input, from 0. */
  long index();

  /** The item as it came in. */
  Object item();

  /**
   * A value that the function returned or yielded.
   *
   * @param value the value; null is None
   */
  record Value(long index, Object item, @Nullable Object value) implements MapResult {}

  /** The item is done: all of its values came before. */
  record Completed(long index, Object item) implements MapResult {}

  /**
   * The item failed; values that it yielded may have come before.
   *
   * @param gatewayId the gateway that it failed on
   * @param error {@link io.execnet.core.RemoteException} where the function raised, {@link
   *     io.execnet.core.GatewayLostException} where its worker died once more than it may be
   *     retried, {@link java.util.concurrent.TimeoutException} where it took too long
   */
  record Failed(long index, Object item, String gatewayId, Throwable error) implements MapResult {}
}
