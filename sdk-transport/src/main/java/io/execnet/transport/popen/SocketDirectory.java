package io.execnet.transport.popen;

import io.execnet.transport.TemporaryFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A folder of its own for one socket, which no other user may enter. */
final class SocketDirectory {

  /** What fits a socket address everywhere: macOS takes 103 bytes, Linux 107. */
  private static final int MAX_PATH = 103;

  private final Path folder;
  private final Path socket;

  private SocketDirectory(Path parent) throws IOException {
    folder = TemporaryFiles.folder(parent);
    socket = TemporaryFiles.noted(folder.resolve("s"));
  }

  /** Makes one where temporary files go, or in /tmp where that path is too long for a socket. */
  static SocketDirectory create() throws IOException {
    Path usual = Path.of(System.getProperty("java.io.tmpdir", "/tmp")).toAbsolutePath();
    SocketDirectory made = new SocketDirectory(usual);
    if (bytes(made.socket) <= MAX_PATH) {
      return made;
    }
    made.delete();
    return new SocketDirectory(Path.of("/tmp"));
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  Path socket() {
    return socket;
  }

  /** Deletes the socket and the folder; what can't be deleted now is when this JVM ends. */
  void delete() {
    try {
      TemporaryFiles.delete(socket);
      TemporaryFiles.delete(folder);
    } catch (IOException e) {
      // it is still noted
    }
  }
}
