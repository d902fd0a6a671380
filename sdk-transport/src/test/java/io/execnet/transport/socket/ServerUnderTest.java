package io.execnet.transport.socket;

import io.execnet.core.worker.ServerProgram;
import io.execnet.testing.Command;
import io.execnet.testing.ProcessState;
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
public final class ServerUnderTest implements AutoCloseable {

  public static final String TOKEN = "a token that only tests know";

  public final Path folder;
  private final boolean stock;
  private final long pid;
  private final String address;

  /** Starts our own server with a token. */
  public static ServerUnderTest start(String... arguments) {
    return start(newFolder(), List.of(), "127.0.0.1:0", arguments);
  }

  /** The same elsewhere, started by a command of its own, with files in that folder. */
  public static ServerUnderTest start(
      Path folder, List<String> prefix, String address, String... arguments) {
    return new ServerUnderTest(folder, ours(folder, prefix, address, arguments), false);
  }

  /**
   * Starts stock execnet's own server.
   *
   * @param python an interpreter that has it
   */
  public static ServerUnderTest stock(Path python) {
    Path folder = newFolder();
    String code = "import execnet.script.socketserver as s; print(s.__file__)";
    Command.Result file = Command.run(Duration.ofSeconds(30), python.toString(), "-c", code);
    List<String> words = List.of(python.toString(), "-u", file.output().strip(), "127.0.0.1:0");
    return new ServerUnderTest(folder, words, true);
  }

  public static Path newFolder() {
    try {
      return Files.createTempDirectory("server");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> ours(
      Path folder, List<String> prefix, String where, String... arguments) {
    List<String> words = new ArrayList<>(prefix);
    words.addAll(List.of("/usr/bin/python3", "-B", "server.py", where));
    if (!List.of(arguments).contains("--no-token")) {
      words.addAll(List.of("--token-file", "token"));
    }
    words.addAll(List.of("--auth-timeout", "60")); // on a busy machine too
    words.addAll(List.of(arguments));
    try {
      Files.writeString(folder.resolve("server.py"), ServerProgram.source());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return words;
  }

  private ServerUnderTest(Path folder, List<String> words, boolean stock) {
    this.folder = folder;
    this.stock = stock;
    try {
      Path token =
          Files.createFile(
              tokenFile(),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(token, TOKEN + "\n");
      String command = String.join(" ", words) + " </dev/null >address 2>log & echo $! >pid";
      new ProcessBuilder("sh", "-c", command).directory(folder.toFile()).start().waitFor();
      pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
      Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> announced().endsWith("\n") || !isAlive());
      String said = announced().strip();
      // stock: ... Entering Accept loop ('127.0.0.1', 8888)
      address = stock ? said.replaceAll("(?s).*\\('([0-9.]+)', ([0-9]+)\\).*", "$1:$2") : said;
      if (!address.matches(".+:[0-9]+")) {
        throw new IllegalStateException("the server did not start: " + said + log());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String announced() {
    return written("address");
  }

  /** What there is of the file, which the server's own shell makes. */
  private String written(String name) {
    try {
      Path file = folder.resolve(name);
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code host:port}. */
  public String address() {
    return address;
  }

  public int port() {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  public Path tokenFile() {
    return folder.resolve("token");
  }

  /** What a spec has to say to be served. */
  public String spec() {
    return "socket=" + address + (stock ? "" : "//token_file=" + tokenFile());
  }

  public String log() {
    return written("log");
  }

  public void awaitLog(String text) {
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(this::log, log -> log.contains(text));
  }

  public boolean isAlive() {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /** The processes that serve connections. */
  public List<ProcessHandle> workers() {
    return ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants).toList();
  }

  /** What it has open, and its threads. */
  List<String> held() {
    return ProcessState.held(pid);
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
