/** Cutting a byte stream into frames, and doing what they say. */
@NullMarked
package io.execnet.benchmarks.frame;

import org.jspecify.annotations.NullMarked;
