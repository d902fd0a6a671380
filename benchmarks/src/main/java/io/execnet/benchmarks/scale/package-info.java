/** What many channels and many gateways cost in threads, heap and descriptors. */
@NullMarked
package io.execnet.benchmarks.scale;

import org.jspecify.annotations.NullMarked;
