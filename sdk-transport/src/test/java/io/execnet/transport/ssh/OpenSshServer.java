package io.execnet.transport.ssh;

import io.execnet.testing.FreePort;
import io.execnet.testing.Prerequisites;
import io.execnet.testing.TestRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * OpenSSH's server on a free port of the loopback, with keys and a configuration of its own:
 * nothing of the machine's or the user's own SSH is used or changed.
 */
public final class OpenSshServer implements AutoCloseable {

  private static final Path SSHD = Path.of("/usr/sbin/sshd");

  private static @Nullable Path keys;

  private final Path folder;
  private final int port;
  private final Process process;

  private OpenSshServer(Path folder, int port, Process process) {
    this.folder = folder;
    this.port = port;
    this.process = process;
  }

  /** Starts one; further lines for its configuration come before its own, so that they win. */
  public static OpenSshServer start(String... configuration) {
    Prerequisites.require(Files.isExecutable(SSHD), "install OpenSSH's server");
    Prerequisites.require(onPath("ssh-keygen"), "install OpenSSH's client");
    try {
      Path folder = Files.createTempDirectory("openssh");
      copyKeys(folder);
      Files.copy(folder.resolve("id.pub"), folder.resolve("authorized_keys"));
      if (user().equals("root")) {
        Files.createDirectories(Path.of("/run/sshd"));
      }
      int port = FreePort.find();
      List<String> lines = new ArrayList<>(List.of(configuration));
      lines.addAll(
          List.of(
              "Port " + port,
              "ListenAddress 127.0.0.1",
              "HostKey " + folder.resolve("host_ed25519"),
              "HostKey " + folder.resolve("host_rsa"),
              "AuthorizedKeysFile " + folder.resolve("authorized_keys"),
              "PidFile none",
              "StrictModes no",
              "UsePAM no",
              "PasswordAuthentication no",
              "KbdInteractiveAuthentication no",
              "PermitRootLogin yes",
              // what both sides like better takes a hundred times as long to compute in Java
              "KexAlgorithms curve25519-sha256",
              "LogLevel VERBOSE"));
      TestRun.mark().ifPresent(mark -> lines.add("SetEnv \"" + mark + "\""));
      Files.write(folder.resolve("sshd_config"), lines);
      Process process =
          new ProcessBuilder(
                  SSHD.toString(), "-D", "-e", "-f", folder.resolve("sshd_config").toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
      OpenSshServer server = new OpenSshServer(folder, port, process);
      server.awaitListening();
      server.writeKnownHosts();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitListening() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> log().contains("Server listening") || !process.isAlive());
    if (!process.isAlive()) {
      throw new IllegalStateException("sshd did not start:\n" + log());
    }
  }

  private void writeKnownHosts() throws IOException {
    String[] key = Files.readString(folder.resolve("host_ed25519.pub")).split(" ");
    Files.writeString(knownHosts(), "[127.0.0.1]:" + port + " " + key[0] + " " + key[1] + "\n");
  }

  /** The same for all servers of this JVM: to find those of RSA takes longer than most tests do. */
  private static synchronized void copyKeys(Path target) throws IOException {
    if (keys == null) {
      Path made = Files.createTempDirectory("openssh-keys");
      keygen(made.resolve("host_ed25519"), "ed25519", "");
      keygen(made.resolve("host_rsa"), "rsa", "");
      keygen(made.resolve("id"), "ed25519", "");
      try (Stream<Path> files = Files.list(made)) {
        made.toFile().deleteOnExit(); // the last one first
        files.forEach(file -> file.toFile().deleteOnExit());
      }
      keys = made;
    }
    try (Stream<Path> files = Files.list(keys)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  /** Makes a key pair in a file and its {@code .pub}. */
  public static void keygen(Path file, String type, String passphrase) {
    List<String> command = new ArrayList<>(List.of("ssh-keygen", "-q", "-t", type));
    if (type.equals("rsa")) {
      command.addAll(List.of("-b", "2048")); // larger ones take seconds to find
    }
    command.addAll(List.of("-N", passphrase, "-f", file.toString()));
    run(command.toArray(String[]::new));
  }

  /** Runs a command to its end, which has to be a good one; returns what it printed. */
  static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes());
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + " failed: " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean onPath(String command) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(it -> Files.isExecutable(Path.of(it, command)));
  }

  /** Who can log in: the one who runs the test. */
  public static String user() {
    return System.getProperty("user.name");
  }

  public int port() {
    return port;
  }

  /** A private key that the server takes. */
  public Path key() {
    return folder.resolve("id");
  }

  /** The keys that the server takes, one a line. */
  public Path authorizedKeys() {
    return folder.resolve("authorized_keys");
  }

  /** A known hosts file with this server's ed25519 key. */
  public Path knownHosts() {
    return folder.resolve("known_hosts");
  }

  /** A folder for files of the test, deleted with the server. */
  public Path folder() {
    return folder;
  }

  /**
   * A value for {@code ssh=} that logs in, with these options first, which therefore win. It uses
   * neither the user's configuration nor an agent.
   */
  public String arguments(String... options) {
    return String.join(" ", options)
        + (options.length == 0 ? "" : " ")
        + "-F none -p "
        + port
        + " -i "
        + key()
        + " -o UserKnownHostsFile="
        + knownHosts()
        + " -o GlobalKnownHostsFile=none -o StrictHostKeyChecking=yes"
        + " -o IdentityAgent=none "
        + user()
        + "@127.0.0.1";
  }

  /** A spec that logs in, with these options for {@code ssh=} first. */
  public String spec(String... options) {
    return "ssh=" + arguments(options);
  }

  /** What the server has written up to now. */
  public String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many TCP connections the server has taken. */
  public long connections() {
    return log().lines().filter(it -> it.startsWith("Connection from ")).count();
  }

  /** Kills the server's processes, but not what they run. */
  public void killServers() {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    all.stream()
        .filter(it -> it.info().command().orElse("").endsWith("/sshd"))
        .forEach(ProcessHandle::destroyForcibly);
  }

  /** Kills the processes that serve connections, but not the one that takes new ones. */
  public void killConnections() {
    process
        .descendants()
        .filter(it -> it.info().command().orElse("").endsWith("/sshd"))
        .forEach(ProcessHandle::destroyForcibly);
  }

  /** Sends a signal to the processes that serve connections; whether there are some. */
  public boolean signalConnections(String signal) {
    List<Long> serving =
        process
            .descendants()
            .filter(it -> it.info().command().orElse("").endsWith("/sshd"))
            .map(ProcessHandle::pid)
            .toList();
    serving.forEach(pid -> run("kill", "-" + signal, pid.toString()));
    return !serving.isEmpty();
  }

  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    try (Stream<Path> files = Files.walk(folder)) {
      process.waitFor(20, TimeUnit.SECONDS);
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A script that everybody may run. */
  Path script(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }
}
