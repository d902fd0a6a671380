package io.execnet.benchmarks.codec;

import java.io.IOException;

/**
 * One way to write values as bytes, used as its authors mean it to be used where speed counts: an
 * instance is kept, and what can be used again is. For one thread.
 */
public interface Codec {

  /** Writes the value into a buffer that the codec keeps for the next; gives how many bytes. */
  int encode(Object value) throws IOException;

  /** A copy of what {@link #encode} wrote last. */
  byte[] encoded();

  /** Reads a value, all new. */
  Object decode(byte[] bytes) throws IOException;
}
