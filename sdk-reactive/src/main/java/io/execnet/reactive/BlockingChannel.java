package io.execnet.reactive;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A channel as execnet's own users know it, for threads that may block. Its methods raise the same
 * errors as {@link Channel}'s streams; on a non-blocking thread they throw {@link
 * IllegalStateException}. It takes the place of the channel's one subscriber from the first {@code
 * receive} on, until it is closed.
 */
public interface BlockingChannel extends AutoCloseable {

  /** Sends one item and waits until the transport has accepted it. */
  void send(@Nullable Object item) throws InterruptedException;

  /**
   * Waits for the next item.
   *
   * @return the item, a None as {@link io.execnet.core.value.PyNone}, or empty at the end
   */
  Optional<Object> receive() throws InterruptedException;

  /**
   * Waits for the next item for this long.
   *
   * @throws java.util.concurrent.TimeoutException if none came; a later call can still get it
   */
  Optional<Object> receive(Duration timeout)
      throws InterruptedException, java.util.concurrent.TimeoutException;

  /** Waits until the channel is closed; see {@link Channel#waitClose()}. */
  void waitClose(Duration timeout)
      throws InterruptedException, java.util.concurrent.TimeoutException;

  /**
   * Interrupts the code that runs on the channel and waits until it has ended, however it did; see
   * {@link Channel#cancel()}. What it sent before can still be received. Whoever stops waiting, by
   * an interrupt of this thread, stops the code all the same.
   */
  void cancel() throws InterruptedException;

  /** Closes the channel, without waiting. Code that runs there is not interrupted. */
  @Override
  void close();
}
