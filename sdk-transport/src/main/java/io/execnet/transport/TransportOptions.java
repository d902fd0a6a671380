package io.execnet.transport;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What a transport needs to know beside the spec.
 *
 * @param startTimeout how long an interpreter may take until the worker program answers
 * @param keepAlive how long the other end of a network connection may be silent, when asked, until
 *     it counts as gone; zero: for ever
 * @param credentials the secrets that a spec can't hold
 * @param hops the open gateways that others can be reached through, by their id
 * @param output gets each line that the worker prints, in order, on a thread that may block; while
 *     it does, the worker's next prints fill the stream and then block too. Calls for the two
 *     streams of one worker, or for two workers, may overlap
 */
public record TransportOptions(
    Duration startTimeout,
    Duration keepAlive,
    Credentials credentials,
    Function<String, Optional<Hop>> hops,
    Consumer<OutputLine> output) {

  /** 30 seconds. */
  public static final Duration DEFAULT_KEEP_ALIVE = Duration.ofSeconds(30);

  /** No secrets, no other gateways, and the default time for silence. */
  public TransportOptions(Duration startTimeout, Consumer<OutputLine> output) {
    this(startTimeout, DEFAULT_KEEP_ALIVE, Credentials.NONE, id -> Optional.empty(), output);
  }
}
