package io.execnet.benchmarks.transport;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * OpenSSH's server on a free port of the loopback, with keys of its own and one cipher, so that
 * every client has to take the same. It takes all the connections and channels that come.
 */
final class SshServer implements AutoCloseable {

  /** What the configurations call it. */
  static final String HOST = "bench";

  private final Path folder;
  private final Process process;

  private SshServer(Path folder, Process process) {
    this.folder = folder;
    this.process = process;
  }

  /**
   * Starts it.
   *
   * @param compression what the server allows: {@code yes} or {@code no}. Stock execnet always asks
   *     for it.
   */
  static SshServer start(String cipher, String compression)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("ssh");
    try {
      keygen(folder.resolve("host"));
      keygen(folder.resolve("id"));
      int port = freePort();
      write(
          folder.resolve("sshd_config"),
          "Port " + port,
          "ListenAddress 127.0.0.1",
          "HostKey " + folder.resolve("host"),
          "AuthorizedKeysFile " + folder.resolve("id.pub"),
          "Ciphers " + cipher,
          "Compression " + compression,
          // what a shell reads at its start would be most of the time of each row
          "SetEnv HOME=" + folder,
          "MaxStartups 200",
          "MaxSessions 200",
          "PidFile none",
          "StrictModes no",
          "UsePAM no",
          "PasswordAuthentication no",
          "PermitRootLogin yes");
      String hostKey = Files.readString(folder.resolve("host.pub"));
      write(folder.resolve("known_hosts"), "[127.0.0.1]:" + port + " " + hostKey);
      writeClientConfigurations(folder, port);
      return new SshServer(folder, listening(folder));
    } catch (IOException | InterruptedException | RuntimeException e) {
      delete(folder);
      throw e;
    }
  }

  private static void writeClientConfigurations(Path folder, int port) throws IOException {
    String host =
        String.join(
            "\n",
            "Host " + HOST,
            "HostName 127.0.0.1",
            "Port " + port,
            "User " + System.getProperty("user.name"),
            "IdentityFile " + folder.resolve("id"),
            "IdentitiesOnly yes",
            "IdentityAgent none",
            "UserKnownHostsFile " + folder.resolve("known_hosts"),
            "GlobalKnownHostsFile none",
            "StrictHostKeyChecking yes");
    write(folder.resolve("config"), host);
    write(
        folder.resolve("config_shared"),
        host,
        "ControlMaster auto",
        "ControlPath " + folder + "/%C");
  }

  private static Process listening(Path folder) throws IOException {
    if (System.getProperty("user.name").equals("root")) {
      Files.createDirectories(Path.of("/run/sshd"));
    }
    Process process =
        new ProcessBuilder(
                "/usr/sbin/sshd", "-D", "-e", "-f", folder.resolve("sshd_config").toString())
            .redirectErrorStream(true)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "sshd end"));
    BufferedReader said = process.inputReader();
    String line = said.readLine();
    while (line != null && !line.contains("Server listening")) {
      line = said.readLine();
    }
    if (line == null) {
      throw new IOException("sshd did not start");
    }
    Thread reader = new Thread(() -> discard(said), "sshd log");
    reader.setDaemon(true);
    reader.start();
    return process;
  }

  private static void discard(BufferedReader log) {
    try {
      log.transferTo(Writer.nullWriter());
    } catch (IOException e) {
      // it has ended
    }
  }

  /** A spec for a gateway through it, the same for stock execnet and for this library. */
  String spec(String python) {
    return spec(python, "config");
  }

  /** The same, with OpenSSH's own way to share a connection, which this library does not need. */
  String specOfSharedConnection(String python) {
    return spec(python, "config_shared");
  }

  private String spec(String python, String config) {
    return "ssh=" + HOST + "//ssh_config=" + folder.resolve(config) + "//python=" + python;
  }

  /** Arguments for OpenSSH's client. */
  List<String> arguments() {
    return List.of("-F", folder.resolve("config").toString(), HOST);
  }

  private static void keygen(Path file) throws IOException, InterruptedException {
    Process keygen =
        new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file.toString())
            .inheritIO()
            .start();
    if (keygen.waitFor() != 0) {
      throw new IOException("ssh-keygen failed; what it said is above");
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void write(Path file, String... lines) throws IOException {
    Files.write(file, List.of(lines));
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  @Override
  public void close() throws IOException {
    List<ProcessHandle> serving = process.descendants().toList();
    process.destroy();
    serving.forEach(ProcessHandle::destroy);
    process.onExit().join();
    delete(folder);
  }
}
