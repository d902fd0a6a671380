package io.execnet.transport.bootstrap;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Finds the worker program's answer in what comes first on a stream. */
public final class AnswerScanner {

  /** What was found so far. */
  public enum Result {
    /** Nothing yet. */
    MISSING,
    /** The answer. */
    FOUND,
    /** Something else than an answer, or too much of it. */
    IMPOSSIBLE
  }

  /** What may come before an answer: login messages, what a shell's profile prints. */
  private static final int MAX_NOISE = 64 * 1024;

  private final byte[] answer;
  private final boolean allowsNoise;
  private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();
  private int matched;
  private int noise;

  /**
   * Looks for this answer.
   *
   * @param answer its first character occurs in it only once
   */
  AnswerScanner(String answer) {
    this(answer, !answer.equals(WorkerStreams.PLAIN_ANSWER));
  }

  /**
   * Looks for this answer.
   *
   * @param answer its first character occurs in it only once
   * @param allowsNoise whether other text may come before it
   */
  public AnswerScanner(String answer, boolean allowsNoise) {
    this.answer = answer.getBytes(StandardCharsets.US_ASCII);
    this.allowsNoise = allowsNoise;
  }

  /** Whether other text may come before the answer. */
  public boolean allowsNoise() {
    return allowsNoise;
  }

  /** Goes on with these bytes, up to the end of the answer or to the last of them. */
  public Result scan(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      boolean matches = next == answer[matched];
      if (matches) {
        matched++;
      } else {
        matched = next == answer[0] ? 1 : 0;
      }
      if (matched == answer.length) {
        return Result.FOUND;
      }
      keep(next);
      noise++;
      if (allowsNoise ? noise > MAX_NOISE : !matches) {
        keep(bytes);
        return Result.IMPOSSIBLE;
      }
    }
    return Result.MISSING;
  }

  /** Takes what comes after something that was no answer, for {@link #unexpected}. */
  public void keep(ByteBuffer bytes) {
    while (bytes.hasRemaining() && beginning.size() < Quoted.LIMIT) {
      keep(bytes.get());
    }
  }

  private void keep(byte next) {
    if (beginning.size() < Quoted.LIMIT) {
      beginning.write(next);
    }
  }

  /** The beginning of what came instead, quoted; empty if nothing did. */
  public String unexpected() {
    byte[] bytes = beginning.toByteArray();
    return bytes.length == 0 ? "" : Quoted.of(bytes, bytes.length);
  }
}
