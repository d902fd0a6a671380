package io.execnet.core.value;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Text to UTF-8 and back, strictly: what does not fit is an error and never a replacement. */
final class Utf8 {

  private Utf8() {}

  /** Appends an opcode, the length in bytes, and the bytes. */
  static void write(byte opcode, String text, FrameBuffer out) {
    int chars = text.length();
    int bits = 0;
    for (int i = 0; i < chars; i++) {
      bits |= text.charAt(i);
    }
    if (bits < 0x80) {
      out.putOpcode(opcode, chars);
      out.reserve(chars);
      copyLowBytes(text, chars, out.array(), out.length());
      out.advance(chars);
      return;
    }
    long length = length(text, chars);
    out.reserve(5 + length); // before the cast: a length beyond an int is refused here
    out.putOpcode(opcode, (int) length);
    encode(text, chars, out.array(), out.length());
    out.advance((int) length);
  }

  /** Deprecated for what it does to other text, and the one way for ASCII that makes no garbage. */
  @SuppressWarnings("deprecation")
  private static void copyLowBytes(String text, int chars, byte[] array, int at) {
    text.getBytes(0, chars, array, at);
  }

  private static long length(String text, int chars) {
    long length = chars;
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        length++;
        if (c >= 0x800) {
          length++;
          if (Character.isSurrogate(c)) {
            pair(text, i++); // four bytes for two chars
          }
        }
      }
    }
    return length;
  }

  private static void encode(String text, int chars, byte[] array, int start) {
    int at = start;
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        array[at++] = (byte) c;
      } else if (c < 0x800) {
        array[at++] = (byte) (0xc0 | c >> 6);
        array[at++] = (byte) (0x80 | c & 0x3f);
      } else if (!Character.isSurrogate(c)) {
        array[at++] = (byte) (0xe0 | c >> 12);
        array[at++] = (byte) (0x80 | c >> 6 & 0x3f);
        array[at++] = (byte) (0x80 | c & 0x3f);
      } else {
        int point = pair(text, i++);
        array[at++] = (byte) (0xf0 | point >> 18);
        array[at++] = (byte) (0x80 | point >> 12 & 0x3f);
        array[at++] = (byte) (0x80 | point >> 6 & 0x3f);
        array[at++] = (byte) (0x80 | point & 0x3f);
      }
    }
  }

  /** The code point of the two surrogates that begin here. */
  private static int pair(String text, int index) {
    int point = text.codePointAt(index);
    if (!Character.isSupplementaryCodePoint(point)) {
      throw new DumpFailure(
          "text with a lone surrogate (U+%04X at %d)".formatted(point, index),
          "UTF-8 can't hold it; send bytes");
    }
    return point;
  }

  static String latin1(byte[] array, int offset, int length) {
    return new String(array, offset, length, StandardCharsets.ISO_8859_1);
  }

  /** Reads text. */
  static String read(byte[] array, int offset, int length) throws CharacterCodingException {
    String text = new String(array, offset, length, StandardCharsets.UTF_8);
    // U+FFFD is what the JDK puts for bytes that are no UTF-8, and also a character like any other
    if (text.indexOf('\uFFFD') >= 0) {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(array, offset, length))
          .toString();
    }
    return text;
  }
}
