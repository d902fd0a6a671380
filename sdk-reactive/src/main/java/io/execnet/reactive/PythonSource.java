package io.execnet.reactive;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Python source, and the file name that tracebacks show for it.
 *
 * @param text the source
 * @param fileName the name, or null for source that is in no file
 */
public record PythonSource(String text, @Nullable String fileName) {

  /** Source that is in no file. */
  public static PythonSource of(String text) {
    return new PythonSource(text, null);
  }

  /**
   * Reads a UTF-8 file, now and on this thread.
   *
   * @throws UncheckedIOException if it can't be read
   */
  public static PythonSource file(Path path) {
    try {
      return new PythonSource(Files.readString(path), path.toString());
    } catch (IOException e) {
      throw new UncheckedIOException("can't read " + path, e);
    }
  }

  /**
   * Reads a UTF-8 resource, now and on this thread, named as in {@link Class#getResource}.
   *
   * @throws UncheckedIOException if there is none or it can't be read
   */
  public static PythonSource resource(Class<?> anchor, String name) {
    try (InputStream in = anchor.getResourceAsStream(name)) {
      if (in == null) {
        throw new NoSuchFileException(name, null, "no such resource beside " + anchor.getName());
      }
      return new PythonSource(new String(in.readAllBytes(), StandardCharsets.UTF_8), name);
    } catch (IOException e) {
      throw new UncheckedIOException("can't read resource " + name, e);
    }
  }
}
