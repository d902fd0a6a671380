package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * However a JVM ends, its workers end too, although nobody closed their group, here the default
 * one.
 */
class JvmEndIT {

  /** A program that leaves a worker busy, tells its pid, and ends when its input does. */
  static final class Careless {
    private Careless() {}

    public static void main(String[] args) throws Exception {
      Gateway gateway = Group.defaultGroup().makeGateway().block();
      gateway.remoteExec("channel.send(1)\nwhile True: pass").receive().blockFirst();
      System.out.println(gateway.rinfo().block().pid());
      while (System.in.read() >= 0) {}
      System.exit(0);
    }
  }

  private static Process start() throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Careless.class.getName())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static ProcessHandle worker(Process jvm) throws Exception {
    BufferedReader output =
        new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.US_ASCII));
    return ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
  }

  @Test
  void byExit() throws Exception {
    Process jvm = start();
    ProcessHandle worker = worker(jvm);
    jvm.getOutputStream().close();

    assertThat(jvm.waitFor()).isZero();
    await().atMost(Duration.ofSeconds(10)).until(() -> !worker.isAlive());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "KILL"})
  void bySignal(String signal) throws Exception {
    Process jvm = start();
    ProcessHandle worker = worker(jvm);
    new ProcessBuilder("kill", "-" + signal, Long.toString(jvm.pid())).start().waitFor();

    jvm.waitFor();
    // After a kill the worker has to find out by itself: its code gets 5 seconds, then SIGINT.
    await().atMost(Duration.ofSeconds(20)).until(() -> !worker.isAlive());
  }
}
