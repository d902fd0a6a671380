package io.execnet.core.value;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;

/**
 * Appends text as UTF-8, strictly: what does not fit is an error and never a replacement. Long text
 * goes through memory that is kept here, in parts, as only there the JDK can look at many chars at
 * a time.
 */
final class Utf8Writer {

  private static final int SHORT = 32;
  private static final int PART = 1_024;
  private static final int MOST_PER_CHAR = 3;

  private final CharsetEncoder ascii = StandardCharsets.US_ASCII.newEncoder();
  private char[] chars = {};
  private byte[] bytes = {};
  private CharBuffer from = CharBuffer.wrap(chars);
  private ByteBuffer to = ByteBuffer.wrap(bytes);

  /** Appends the text; gives how many bytes that took. */
  int append(String text, FrameBuffer out) {
    int length = text.length();
    out.reserve(length);
    if (length < SHORT && appendAscii(text, length, out)) {
      return length;
    }
    if (chars.length == 0) {
      chars = new char[PART];
      bytes = new byte[PART];
      from = CharBuffer.wrap(chars);
      to = ByteBuffer.wrap(bytes);
    }
    int start = out.length();
    int done = 0;
    while (done < length) {
      done += appendPart(text, done, Math.min(PART, length - done), out);
    }
    return out.length() - start;
  }

  /** Appends short text if it is ASCII. */
  private static boolean appendAscii(String text, int length, FrameBuffer out) {
    byte[] array = out.array();
    int at = out.length();
    int bits = 0;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      bits |= c;
      array[at + i] = (byte) c;
    }
    boolean isAscii = bits < 0x80;
    if (isAscii) {
      out.advance(length);
    }
    return isAscii;
  }

  /** Appends so many chars, or one less where that would part a pair; gives how many. */
  private int appendPart(String text, int start, int count, FrameBuffer out) {
    text.getChars(start, start + count, chars, 0);
    int plain = asciiAtTheBeginning(count);
    out.putBytes(bytes, 0, plain);
    return plain == count ? count : appendOther(start, plain, count, text.length(), out);
  }

  /** How many of the chars that begin the part are ASCII, and are in {@link #bytes}. */
  private int asciiAtTheBeginning(int count) {
    ascii.reset().encode(from.limit(count).position(0), to.clear(), true);
    return to.position();
  }

  private int appendOther(int start, int first, int count, int length, FrameBuffer out) {
    // together with what is still to come
    out.reserve((long) MOST_PER_CHAR * (count - first) + (length - start - count));
    byte[] array = out.array();
    int at = out.length();
    int i = first;
    for (; i < count; i++) {
      char c = chars[i];
      if (c < 0x80) {
        array[at++] = (byte) c;
      } else if (c < 0x800) {
        array[at++] = (byte) (0xc0 | c >> 6);
        array[at++] = (byte) (0x80 | c & 0x3f);
      } else if (!Character.isSurrogate(c)) {
        array[at++] = (byte) (0xe0 | c >> 12);
        array[at++] = (byte) (0x80 | c >> 6 & 0x3f);
        array[at++] = (byte) (0x80 | c & 0x3f);
      } else if (i + 1 == count && start + count < length) {
        break;
      } else {
        int point = pair(start, i++, count);
        array[at++] = (byte) (0xf0 | point >> 18);
        array[at++] = (byte) (0x80 | point >> 12 & 0x3f);
        array[at++] = (byte) (0x80 | point >> 6 & 0x3f);
        array[at++] = (byte) (0x80 | point & 0x3f);
      }
    }
    out.advance(at - out.length());
    return i;
  }

  /** The code point of the two surrogates that begin here. */
  private int pair(int start, int index, int count) {
    int point = Character.codePointAt(chars, index, count);
    if (!Character.isSupplementaryCodePoint(point)) {
      throw new DumpFailure(
          "text with a lone surrogate (U+%04X at %d)".formatted(point, start + index),
          "UTF-8 can't hold it; send bytes");
    }
    return point;
  }
}
