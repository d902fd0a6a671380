package io.execnet.core.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** Makes one Python program of its modules, which lie beside this class. */
final class ProgramSource {

  /** Modules of the worker that other programs share are listed with this before their name. */
  private static final String OF_THE_WORKER = "execnet_worker/";

  private ProgramSource() {}

  /**
   * The modules that {@code parts.txt} lists, in order, without the imports between them.
   *
   * @param folder where they are, with a slash at its end, or an empty string
   */
  static String join(String folder) {
    return resource(folder + "parts.txt")
        .lines()
        .map(String::strip)
        .filter(name -> !name.isEmpty() && !name.startsWith("#"))
        .map(
            name ->
                name.startsWith(OF_THE_WORKER)
                    ? name.substring(OF_THE_WORKER.length())
                    : folder + name)
        .map(ProgramSource::part)
        .collect(Collectors.joining("\n"));
  }

  private static String part(String name) {
    return resource(name)
        .lines()
        .filter(line -> !line.startsWith("from .") && !line.startsWith("from execnet_worker."))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  static String resource(String name) {
    try (InputStream in = ProgramSource.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("missing from the jar: io/execnet/core/worker/" + name);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      if (!StandardCharsets.US_ASCII.newEncoder().canEncode(text)) {
        throw new IllegalStateException("not plain ASCII: io/execnet/core/worker/" + name);
      }
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
