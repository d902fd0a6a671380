package io.execnet.transport.bootstrap;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Finds the worker program's answer in what comes first on a stream. */
final class AnswerScanner {

  /** What was found so far. */
  enum Result {
    MISSING,
    FOUND,
    IMPOSSIBLE
  }

  /** What may come before an answer: login messages, what a shell's profile prints. */
  private static final int MAX_NOISE = 64 * 1024;

  private final byte[] answer;
  private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();
  private int matched;
  private int noise;

  /**
   * Looks for this answer.
   *
   * @param answer its first character occurs in it only once
   */
  AnswerScanner(String answer) {
    this.answer = answer.getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether other text may come before the answer. */
  boolean allowsNoise() {
    return answer.length > 1;
  }

  /** Goes on with these bytes, up to the end of the answer or to the last of them. */
  Result scan(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (next == answer[matched]) {
        matched++;
      } else {
        matched = next == answer[0] ? 1 : 0;
      }
      if (matched == answer.length) {
        return Result.FOUND;
      }
      keep(next);
      noise++;
      if (!allowsNoise() || noise > MAX_NOISE) {
        while (bytes.hasRemaining() && beginning.size() < Quoted.LIMIT) {
          keep(bytes.get());
        }
        return Result.IMPOSSIBLE;
      }
    }
    return Result.MISSING;
  }

  private void keep(byte next) {
    if (beginning.size() < Quoted.LIMIT) {
      beginning.write(next);
    }
  }

  /** The beginning of what came instead, quoted; empty if nothing did. */
  String unexpected() {
    byte[] bytes = beginning.toByteArray();
    return bytes.length == 0 ? "" : Quoted.of(bytes, bytes.length);
  }
}
