package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.execnet.transport.socket.ServerUnderTest;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * However a JVM ends, its workers end too, wherever they are, although nobody closed their group,
 * here the default one.
 */
class JvmEndIT {

  private static ServerUnderTest server;

  /** A program that leaves workers busy, tells their pids, and ends when its input does. */
  static final class Careless {
    private Careless() {}

    public static void main(String[] specs) throws Exception {
      for (String spec : specs) {
        Gateway gateway = Group.defaultGroup().makeGateway(spec).block();
        gateway
            .remoteExec("import time\nchannel.send(1)\nwhile True: time.sleep(0.001)")
            .open()
            .flatMapMany(Channel::receive)
            .blockFirst();
        System.out.println(gateway.rinfo().block().pid());
      }
      while (System.in.read() >= 0) {}
      System.exit(0);
    }
  }

  @BeforeAll
  static void startServer() {
    server = ServerUnderTest.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  private static List<String> specs() {
    return List.of("popen//id=hop", "popen//via=hop", SharedSshServer.spec(), server.spec());
  }

  private static Process start() throws Exception {
    return start(specs());
  }

  private static Process start(List<String> specs) throws Exception {
    List<String> words = new ArrayList<>();
    // who starts the tests in the background has them ignore SIGINT
    words.addAll(List.of("env", "--default-signal=INT"));
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
    words.add("-cp");
    words.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    words.add(Careless.class.getName());
    words.addAll(specs);
    return new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static List<ProcessHandle> workers(Process jvm) throws Exception {
    BufferedReader output =
        new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.US_ASCII));
    List<ProcessHandle> workers = new ArrayList<>();
    while (workers.size() < specs().size()) {
      workers.add(ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow());
    }
    return workers;
  }

  private static void awaitEnd(List<ProcessHandle> workers) {
    // After a kill they have to find out by themselves: their code gets 5 seconds, then SIGINT.
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(workers).noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void byExit() throws Exception {
    Process jvm = start();
    List<ProcessHandle> workers = workers(jvm);
    jvm.getOutputStream().close();

    assertThat(jvm.waitFor()).isZero();
    awaitEnd(workers);
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "KILL"})
  void bySignal(String signal) throws Exception {
    Process jvm = start();
    List<ProcessHandle> workers = workers(jvm);
    signal(signal, jvm);

    jvm.waitFor();
    awaitEnd(workers);
    assertThat(temporaryFiles(jvm)).isEmpty(); // sockets go as soon as workers have connected
  }

  /** A kill leaves what only the process itself could have deleted. */
  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void bySignalWhileAGatewayOpens(String signal, @TempDir Path folder) throws Exception {
    Path begun = folder.resolve("begun");
    Process jvm = start(List.of("popen//python=sh -c 'touch " + begun + "; exec sleep 600'"));
    await().until(() -> Files.exists(begun));
    assertThat(temporaryFiles(jvm)).isNotEmpty();
    List<ProcessHandle> workers = jvm.descendants().toList();
    signal(signal, jvm);

    jvm.waitFor();
    awaitEnd(workers);
    assertThat(temporaryFiles(jvm)).isEmpty();
  }

  private static List<Path> temporaryFiles(Process jvm) throws Exception {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> path.toString().contains("execnet-" + jvm.pid() + "-")).toList();
    }
  }

  private static void signal(String signal, Process jvm) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Long.toString(jvm.pid())).start().waitFor();
  }
}
