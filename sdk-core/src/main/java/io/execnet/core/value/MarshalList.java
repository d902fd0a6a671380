package io.execnet.core.value;

import io.execnet.core.LoadException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What stands before the values of a list in Python's {@code marshal} format, for who writes and
 * reads those one by one.
 */
public final class MarshalList {

  /** How many bytes that takes. */
  public static final int HEAD = 1 + Integer.BYTES;

  private MarshalList() {}

  /** Writes it over what is at this position. */
  public static void setHead(FrameBuffer out, int position, int size) {
    out.setByte(position, MarshalType.LIST);
    setSize(out, position, size);
  }

  /** Sets how many values there are, in what is at this position already. */
  public static void setSize(FrameBuffer out, int position, int size) {
    out.setInt(position + 1, Integer.reverseBytes(size));
  }

  /**
   * Reads it; the buffer's position then is behind it, or at the end where there is less.
   *
   * @return how many values follow, each of a byte at least
   * @throws LoadException if it is no list, or one that the payload can't hold
   */
  public static int readHead(ByteBuffer payload) {
    int begin = payload.position();
    boolean whole = payload.remaining() >= HEAD;
    payload.position(begin + Math.min(HEAD, payload.remaining()));
    if (!whole || payload.get(begin) != MarshalType.LIST) {
      throw new LoadException("items that are no list");
    }
    int size = payload.getInt(begin + 1);
    size = payload.order() == ByteOrder.BIG_ENDIAN ? Integer.reverseBytes(size) : size;
    if (size < 0 || size > payload.remaining()) {
      throw new LoadException(
          "%d items, which %d bytes can't hold".formatted(size, payload.remaining()));
    }
    return size;
  }
}
