package io.execnet.cli;

import static io.execnet.cli.Cli.popen;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing survives the command, however it ends. */
class EndIT {

  private static final String BUSY = "import os; channel.send(os.getpid())\nwhile True: pass";

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143", "KILL, 137"})
  void noWorkerSurvivesASignal(String signal, int status) throws Exception {
    Cli.Running running = Cli.startInterruptible("exec", "--tx", popen(2), "-c", BUSY);
    List<Long> workers = List.of(Cli.item(running.nextLine()), Cli.item(running.nextLine()));
    assertThat(Cli.alive(workers.stream())).hasSize(2);

    new ProcessBuilder("kill", "-" + signal, String.valueOf(running.process.pid()))
        .start()
        .waitFor();

    assertThat(running.status()).isEqualTo(status);
    assertThat(running.result().err()).isEmpty();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> Cli.alive(workers.stream()).isEmpty());
  }

  @Test
  void aReaderThatGoesAwayEndsItQuietly() throws IOException {
    String code =
        "import os, itertools; channel.send(os.getpid())\n"
            + "for i in itertools.count(): channel.send(i)";
    Cli.Running running = Cli.start(Map.of(), "exec", "--tx", popen(), "-c", code);
    long worker = Cli.item(running.nextLine());
    running.process.getInputStream().close();
    assertThat(running.status()).isEqualTo(141);
    Awaitility.await().until(() -> Cli.alive(List.of(worker).stream()).isEmpty());
  }
}
