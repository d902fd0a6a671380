package io.execnet.reactive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A {@code vagrant} that has the machine {@code box}, which is this one. The build puts its folder
 * on the path.
 */
final class FakeVagrant {

  static final Path FOLDER = Path.of("target", "test-commands").toAbsolutePath();

  private static final String SCRIPT =
      """
      #!/bin/sh
      if [ "$1 $2 $3 $4" != 'ssh box -- -T' ]; then
        echo "A machine named '$2' is not known." >&2
        exit 1
      fi
      echo 'Last login: today'
      exec sh -c "$5"
      """;

  private FakeVagrant() {}

  /** Puts it there. */
  static String spec() {
    try {
      Files.createDirectories(FOLDER);
      // in one step: another JVM of tests may just run it
      Path script = Files.writeString(Files.createTempFile(FOLDER, "vagrant", ""), SCRIPT);
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.move(script, FOLDER.resolve("vagrant"), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "vagrant_ssh=box";
  }
}
