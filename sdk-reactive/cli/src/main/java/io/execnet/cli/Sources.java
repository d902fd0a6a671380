package io.execnet.cli;

import io.execnet.reactive.PythonSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Python source, from where the command line says; what is wrong with it is wrong usage. */
final class Sources {

  private Sources() {}

  static PythonSource file(CommandLine command, String file) {
    Path path = Path.of(file);
    if (Files.isDirectory(path)) {
      throw new ParameterException(command, file + " is a directory, not a Python file");
    }
    try {
      return PythonSource.file(path);
    } catch (UncheckedIOException e) {
      throw new ParameterException(command, "can't read " + file + ": " + reason(e.getCause()), e);
    }
  }

  static PythonSource standardInput(CommandLine command, InputStream in) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes());
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      return new PythonSource(text, "<stdin>");
    } catch (IOException e) {
      throw new ParameterException(
          command, "can't read source from standard input: " + reason(e), e);
    }
  }

  /** Why a file can't be used, in words. */
  static String reason(@Nullable Throwable error) {
    if (error instanceof NoSuchFileException) {
      return "no such file";
    } else if (error instanceof java.nio.file.AccessDeniedException) {
      return "permission denied";
    } else if (error instanceof MalformedInputException
        || error instanceof CharacterCodingException) {
      return "it is not UTF-8";
    }
    return error == null ? "unknown" : String.valueOf(error.getMessage());
  }
}
