package io.execnet.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Files and folders that are gone when this JVM has ended, unless it was killed. All block; unlike
 * {@code File.deleteOnExit}, nothing is kept of what was deleted before.
 */
public final class TemporaryFiles {

  /** What stands in a folder comes before it. */
  private static final NavigableSet<Path> MADE =
      new ConcurrentSkipListSet<>(Comparator.reverseOrder());

  static {
    JvmEnd.whenItComes("execnet-rm", () -> MADE.forEach(TemporaryFiles::tryToDelete));
  }

  private TemporaryFiles() {}

  /** Makes an empty file with a name of its own, which no other user may read. */
  public static Path file(Path folder, String suffix) throws IOException {
    return noted(Files.createTempFile(folder, prefix(), suffix));
  }

  /** Makes a folder with a name of its own, which no other user may enter. */
  public static Path folder(Path parent) throws IOException {
    FileAttribute<?> ours =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    return noted(Files.createTempDirectory(parent, prefix(), ours));
  }

  /** Notes what somebody else makes. */
  public static Path noted(Path path) {
    MADE.add(path);
    return path;
  }

  /** Deletes it; that it is gone already does not matter. */
  public static void delete(Path path) throws IOException {
    Files.deleteIfExists(path);
    MADE.remove(path);
  }

  private static void tryToDelete(Path path) {
    try {
      delete(path);
    } catch (IOException e) {
      // nobody is left to tell
    }
  }

  private static String prefix() {
    return "execnet-" + ProcessHandle.current().pid() + "-";
  }
}
