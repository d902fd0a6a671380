package io.execnet.core.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers a payload that arrives in pieces. It takes at most twice what has arrived, so that a
 * length that is only claimed costs nothing: what is more than that is made room for when half of
 * it is there, and set aside in short arrays until then. Large arrays are given back.
 */
final class PayloadBuffer {

  /** An array of at most this size is kept for the next payload. */
  private static final int KEPT = 128 << 10;

  private static final int SMALLEST = 256;

  /** What is set aside is so in arrays of about this size, which a collector moves with ease. */
  private static final int ASIDE = 64 << 10;

  private final List<byte[]> aside = new ArrayList<>(); // full, in their order
  private int lengthAside;
  private byte[] bytes = new byte[0]; // what follows them
  private int length; // of both together

  /** Takes so many bytes from the input; the payload will have {@code total} in the end. */
  void append(ByteBuffer in, int count, int total) {
    int needed = length + count;
    if (needed - lengthAside > bytes.length) {
      if (needed >= total - needed) {
        enlarge(total);
      } else if (total <= KEPT) {
        enlarge(Math.min(total, Math.max(2 * bytes.length, Math.max(needed, SMALLEST))));
      } else {
        setAside(in, needed);
      }
    }
    in.get(bytes, length - lengthAside, needed - length);
    length = needed;
  }

  private void enlarge(int size) {
    byte[] enlarged = new byte[size];
    int at = 0;
    for (byte[] piece : aside) {
      System.arraycopy(piece, 0, enlarged, at, piece.length);
      at += piece.length;
    }
    System.arraycopy(bytes, 0, enlarged, at, length - at);
    forgetAside();
    bytes = enlarged;
  }

  /** Fills the array that is there, and begins one with room for the rest. */
  private void setAside(ByteBuffer in, int needed) {
    int from = length - lengthAside;
    in.get(bytes, from, bytes.length - from);
    aside.add(bytes);
    lengthAside += bytes.length;
    length = lengthAside;
    int room = Math.min(ASIDE, Math.max(length, SMALLEST));
    bytes = new byte[Math.max(room, needed - length)];
  }

  private void forgetAside() {
    aside.clear();
    lengthAside = 0;
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
    return lengthAside + bytes.length;
  }
}
