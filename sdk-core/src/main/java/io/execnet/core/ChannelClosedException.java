package io.execnet.core;

import org.jspecify.annotations.Nullable;

/** A value was sent on a channel (or code to a gateway) that is closed, or closed for sending. */
public final class ChannelClosedException extends ExecnetException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the error.
   *
   * @param cause the remote error or the loss that closed the channel, where there was one
   */
  public ChannelClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
