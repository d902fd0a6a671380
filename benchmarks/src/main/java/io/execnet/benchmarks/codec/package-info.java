/** Encoding and decoding of values, beside other codecs on the same values. */
@NullMarked
package io.execnet.benchmarks.codec;

import org.jspecify.annotations.NullMarked;
