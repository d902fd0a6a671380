package io.execnet.transport.ssh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The user's own known hosts, to which keys are added. */
final class KnownHostsFile {

  private KnownHostsFile() {}

  /** Adds a line. The file, and its folder, are the user's alone where they have to be made. */
  static void append(Path file, String line) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder, onlyFor("rwx------"));
    }
    boolean whole =
        !Files.exists(file)
            || Files.size(file) == 0
            || Files.readString(file, StandardCharsets.ISO_8859_1).endsWith("\n");
    ByteBuffer bytes = StandardCharsets.UTF_8.encode((whole ? "" : "\n") + line + "\n");
    try (SeekableByteChannel out =
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            onlyFor("rw-------"))) {
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    }
  }

  private static FileAttribute<?>[] onlyFor(String permissions) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
