/** What the benchmarks share. */
@NullMarked
package io.execnet.benchmarks;

import org.jspecify.annotations.NullMarked;
