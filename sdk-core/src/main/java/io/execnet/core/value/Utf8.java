package io.execnet.core.value;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Text from bytes, strictly: what is none is an error and never replaced. */
final class Utf8 {

  private Utf8() {}

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
