package io.execnet.transport.output;

import java.nio.charset.StandardCharsets;

/** The last 8 KiB of a stream of bytes, as text. Any thread may use it. */
public final class OutputTail {

  static final int LIMIT = 8 * 1024;

  private final byte[] ring = new byte[LIMIT];
  private long total;

  /** Takes the next bytes of the stream. */
  public synchronized void add(byte[] bytes, int offset, int length) {
    int from = offset + Math.max(0, length - LIMIT);
    total += from - offset;
    for (int i = from; i < offset + length; i++) {
      ring[(int) (total++ % LIMIT)] = bytes[i];
    }
  }

  /** The text, from the first whole character on. */
  public synchronized String text() {
    int length = (int) Math.min(total, LIMIT);
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = ring[(int) ((total - length + i) % LIMIT)];
    }
    int start = 0;
    while (total > LIMIT && start < 3 && start < length && (bytes[start] & 0xC0) == 0x80) {
      start++;
    }
    return new String(bytes, start, length - start, StandardCharsets.UTF_8);
  }
}
