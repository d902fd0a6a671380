package io.execnet.transport.popen;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A folder of its own for one socket, which no other user may enter. */
final class SocketDirectory {

  /** What fits a socket address everywhere: macOS takes 103 bytes, Linux 107. */
  private static final int MAX_PATH = 103;

  private final Path folder;

  private SocketDirectory(Path folder) {
    this.folder = folder;
  }

  /** Makes one where temporary files go, or in /tmp where that path is too long for a socket. */
  static SocketDirectory create() throws IOException {
    Path usual = Path.of(System.getProperty("java.io.tmpdir", "/tmp")).toAbsolutePath();
    SocketDirectory made = in(usual);
    if (bytes(made.socket()) <= MAX_PATH) {
      return made;
    }
    made.delete();
    return in(Path.of("/tmp"));
  }

  private static SocketDirectory in(Path parent) throws IOException {
    return new SocketDirectory(
        Files.createTempDirectory(
            parent,
            "execnet-" + ProcessHandle.current().pid() + "-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  Path socket() {
    return folder.resolve("s");
  }

  /** Deletes the socket and the folder; what is gone already does not matter. */
  void delete() {
    try {
      Files.deleteIfExists(socket());
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      folder.toFile().deleteOnExit();
    }
  }
}
