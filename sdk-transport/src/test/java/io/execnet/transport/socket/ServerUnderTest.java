package io.execnet.transport.socket;

import io.execnet.core.worker.ServerProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A socket server that is no child of this JVM, like those that people connect to. Its folder has
 * the token and whatever a test puts there.
 */
final class ServerUnderTest implements AutoCloseable {

  static final String TOKEN = "a token that only tests know";

  final Path folder;
  private final long pid;
  private final String address;

  /** Starts our own server with a token. */
  static ServerUnderTest start(String... arguments) {
    return new ServerUnderTest(newFolder(), List.of(), "127.0.0.1:0", arguments);
  }

  /** The same elsewhere, started by a command of its own, with files in that folder. */
  static ServerUnderTest start(
      Path folder, List<String> prefix, String address, String... arguments) {
    return new ServerUnderTest(folder, prefix, address, arguments);
  }

  static Path newFolder() {
    try {
      return Files.createTempDirectory("server");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ServerUnderTest(Path folder, List<String> prefix, String where, String... arguments) {
    this.folder = folder;
    try {
      Files.writeString(folder.resolve("server.py"), ServerProgram.source());
      Path token =
          Files.createFile(
              tokenFile(),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(token, TOKEN + "\n");
      List<String> words = new ArrayList<>(prefix);
      words.addAll(List.of("/usr/bin/python3", "-B", "server.py", where));
      if (!List.of(arguments).contains("--no-token")) {
        words.addAll(List.of("--token-file", "token"));
      }
      words.addAll(List.of(arguments));
      String command = String.join(" ", words) + " </dev/null >address 2>log & echo $! >pid";
      new ProcessBuilder("sh", "-c", command).directory(folder.toFile()).start().waitFor();
      pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
      Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> Files.readString(folder.resolve("address")).endsWith("\n"));
      address = Files.readString(folder.resolve("address")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@code host:port}. */
  String address() {
    return address;
  }

  int port() {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  Path tokenFile() {
    return folder.resolve("token");
  }

  /** What a spec has to say to be served. */
  String spec() {
    return "socket=" + address + "//token_file=" + tokenFile();
  }

  String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void awaitLog(String text) {
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(this::log, log -> log.contains(text));
  }

  boolean isAlive() {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /** The processes that serve connections. */
  List<ProcessHandle> workers() {
    return ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants).toList();
  }

  private void kill() {
    ProcessHandle.of(pid)
        .ifPresent(
            server -> {
              server.descendants().forEach(ProcessHandle::destroyForcibly);
              server.destroyForcibly();
            });
  }

  @Override
  public void close() {
    kill();
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
