package io.execnet.core.protocol;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Gathers a payload that arrives in pieces. It grows with what has arrived, so that a length that
 * is only claimed costs nothing, and gives large arrays back.
 */
final class PayloadBuffer {

  /** An array of at most this size is kept for the next payload. */
  private static final int KEPT = 128 << 10;

  private static final int SMALLEST = 256;

  private byte[] bytes = new byte[0];
  private int length;

  /** Takes so many bytes from the input; the payload will have {@code total} in the end. */
  void append(ByteBuffer in, int count, int total) {
    int needed = length + count;
    if (needed > bytes.length) {
      long doubled = Math.max(2L * bytes.length, Math.max(needed, SMALLEST));
      bytes = Arrays.copyOf(bytes, (int) Math.min(doubled, total));
    }
    in.get(bytes, length, count);
    length = needed;
  }

  int length() {
    return length;
  }

  /**
   * Hands over the payload, which is whole, in an array of just its length, which is not used again
   * here. For a buffer of which that is done with each payload: its array begins anew with each,
   * and does not grow beyond that one's length.
   */
  ByteBuffer take() {
    ByteBuffer taken = ByteBuffer.wrap(bytes);
    bytes = new byte[0];
    length = 0;
    return taken;
  }

  /** What was gathered; good until the next call here. */
  ByteBuffer view() {
    return ByteBuffer.wrap(bytes, 0, length).slice();
  }

  void clear() {
    length = 0;
    if (bytes.length > KEPT) {
      bytes = new byte[0];
    }
  }

  int capacity() {
    return bytes.length;
  }
}
