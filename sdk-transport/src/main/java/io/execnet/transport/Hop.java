package io.execnet.transport;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The worker of an open gateway, as a transport sees it that reaches another interpreter through
 * it, or lets it start a server. Any thread may ask what it is; channels are opened on its {@link
 * #eventLoop()}.
 */
public interface Hop {

  /** The id of the gateway. */
  String id();

  /** Whether the worker is a process of this host that no other gateway leads to. */
  boolean isLocal();

  /** The loop on which everything is told. */
  EventLoop eventLoop();

  /**
   * Runs the source there and calls this function of it, as {@code name(channel, **kwargs)}. The
   * values are those of a {@code remote_exec}.
   *
   * @return the channel to it; where the gateway has ended, {@code listener} is told so
   */
  HopChannel run(String source, String function, Map<String, ?> kwargs, Listener listener);

  /**
   * Opens a channel that the worker learns of when it is {@link HopChannel#send sent} to code that
   * runs there. Unlike the channel of that code, it can outlive it.
   *
   * @return the channel; where the gateway has ended, {@code listener} is told so
   */
  HopChannel open(Listener listener);

  /**
   * Who listens to a channel of a hop; called on the event loop, and never before it has got the
   * channel.
   */
  interface Listener {

    /** The other side sent an item: a {@code byte[]}, a {@code Long}, a list… */
    void onItem(@Nullable Object item);

    /**
     * Nothing more comes: the last call.
     *
     * @param error the remote error, the loss of the gateway, or null where the code just ended
     */
    void onClosed(@Nullable Throwable error);
  }

  /** A channel to code that runs on a hop. Its methods are to be called on the event loop. */
  interface HopChannel {

    /**
     * Sends an item, which may be another channel to this hop; it goes nowhere once this one is
     * closed.
     */
    void send(Object item);

    /** Closes the channel; the listener is told nothing more. */
    void close();

    /** Whether the gateway's transport takes more; the code's own credit bounds what waits. */
    boolean isWritable();
  }
}
