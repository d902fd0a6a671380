package io.execnet.transport;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * What a transport needs to know beside the spec.
 *
 * @param startTimeout how long an interpreter may take until the worker program answers
 * @param output gets each line that the worker prints, in order, on a thread that may block; while
 *     it does, the worker's next prints fill the stream and then block too. Calls for the two
 *     streams of one worker, or for two workers, may overlap
 */
public record TransportOptions(Duration startTimeout, Consumer<OutputLine> output) {}
