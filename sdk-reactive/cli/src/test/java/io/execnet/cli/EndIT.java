package io.execnet.cli;

import static io.execnet.cli.Cli.popen;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

    send(signal, running);

    assertThat(running.status()).isEqualTo(status);
    assertThat(running.result().err()).isEmpty();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> Cli.alive(workers.stream()).isEmpty());
  }

  private static void send(String signal, Cli.Running running) throws Exception {
    new ProcessBuilder("kill", "-" + signal, String.valueOf(running.process.pid()))
        .start()
        .waitFor();
  }

  /** The code of one worker cleans up and prints, that of the other takes no notice. */
  @Test
  void anInterruptLetsRemoteCodeCleanUp(@TempDir Path folder) throws Exception {
    String code =
        """
        import os, sys, time
        channel.send(os.getpid())
        try:
            while True: time.sleep(600)
        except KeyboardInterrupt:
            if 'gw1' in channel.gateway.id:
                open('FOLDER/told', 'w').close()
                while True:
                    try:
                        while True: time.sleep(600)
                    except BaseException: pass
            sys.stderr.write('cleaning up')
        finally:
            open('FOLDER/cleaned', 'w').close()
        """
            .replace("FOLDER", folder.toString());
    Cli.Running running = Cli.startInterruptible("exec", "--tx", popen(2), "-c", code);
    List<Long> workers = List.of(Cli.item(running.nextLine()), Cli.item(running.nextLine()));

    send("INT", running);

    assertThat(running.status()).isEqualTo(130);
    assertThat(Cli.alive(workers.stream())).isEmpty();
    assertThat(folder)
        .isDirectoryContaining("glob:**/cleaned")
        .isDirectoryContaining("glob:**/told");
    assertThat(running.result().err()).containsExactly("[gw0] cleaning up");
  }

  @Test
  void anInterruptLetsItemsOfAMapCleanUp(@TempDir Path folder) throws Exception {
    String code =
        """
        import os, time
        def run(x):
            try:
                yield os.getpid()
                time.sleep(600)
            finally:
                open('FOLDER/cleaned', 'w').close()
        """
            .replace("FOLDER", folder.toString());
    Path items = Files.writeString(folder.resolve("items"), "1\n");
    Cli.Running running =
        Cli.startInterruptible("map", "--tx", popen(), "-c", code, "--input", items.toString());
    long worker = Long.parseLong(running.nextLine());

    send("INT", running);

    assertThat(running.status()).isEqualTo(130);
    assertThat(Cli.alive(List.of(worker).stream())).isEmpty();
    assertThat(folder).isDirectoryContaining("glob:**/cleaned");
    assertThat(running.result().err()).isEmpty();
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
