package io.execnet.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/** Results on standard output, one JSON value a line. A line is written whole or not at all. */
final class JsonLines {

  private static final int FLUSH_AT = 1 << 16;

  private final OutputStream out;
  private final Consumer<Runnable> aside;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream(2 * FLUSH_AT);

  JsonLines(Console console) {
    out = console.out();
    Diagnostics diagnostics = console.diagnostics();
    aside = console.terminal().isOutput() ? diagnostics::aside : Runnable::run;
  }

  /**
   * Adds a line; it is written with others, at the latest by {@link #flush()}.
   *
   * @throws ValueJsonException if it can't be written as JSON; then nothing of it is
   * @throws BrokenOutputException if nobody reads any more
   */
  void add(Consumer<JsonGenerator> content) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    try (JsonGenerator json = ValueJson.FACTORY.createGenerator(ObjectWriteContext.empty(), line)) {
      content.accept(json);
    }
    line.write('\n');
    pending.writeBytes(line.toByteArray());
    if (pending.size() >= FLUSH_AT) {
      flush();
    }
  }

  /** A line of this value alone. */
  void addValue(@Nullable Object value) {
    add(json -> ValueWriter.write(json, value));
  }

  /** A line for an item that failed. */
  void addError(String error, @Nullable Object item) {
    add(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("error", error);
          json.writeName("item");
          ValueWriter.write(json, item);
          json.writeEndObject();
        });
  }

  /** Writes what is pending, and waits for a reader that is slow. */
  void flush() {
    if (pending.size() > 0) {
      aside.accept(this::write);
    }
  }

  private void write() {
    try {
      pending.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new BrokenOutputException(e);
    } finally {
      pending.reset();
    }
  }

  /** Standard output takes nothing more. */
  static final class BrokenOutputException extends UncheckedIOException {

    private static final long serialVersionUID = 1L;

    BrokenOutputException(IOException cause) {
      super("can't write to standard output", cause);
    }

    /**
     * Whether the reader is simply gone, as in {@code | head -1}, which is no error to speak of.
     */
    boolean readerIsGone() {
      return String.valueOf(getCause()).contains("Broken pipe");
    }
  }
}
