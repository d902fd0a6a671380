/** Whole gateways: over each way to a local worker, and beside stock execnet. */
@NullMarked
package io.execnet.benchmarks.transport;

import org.jspecify.annotations.NullMarked;
