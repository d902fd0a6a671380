package io.execnet.cli;

import static io.execnet.cli.Cli.popen;
import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.cli.Cli.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code execnet exec} as CLI.md has it. */
class ExecIT {

  private static final String PRINTING =
      "import os; print('one\\ntwo'); os.system('echo three >&2'); channel.send(1); "
          + "print('last', end='')";

  @TempDir Path dir;

  @Test
  void runsTheSourceOnEveryGatewayAndLeavesNoWorker() {
    Result result = Cli.run("exec", "--tx", popen(3), "-c", "import os; channel.send(os.getpid())");
    assertThat(result.status()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).hasSize(3).doesNotHaveDuplicates();
    assertThat(result.out()).anyMatch(line -> line.startsWith("{\"gateway\":\"gw2\",\"item\":"));
    assertThat(result.out().stream().map(Cli::item).distinct()).hasSize(3);
    assertThat(Cli.alive(result.out().stream().map(Cli::item))).isEmpty();
  }

  @Test
  void writesEachItemAtOnce() {
    Cli.Running running =
        Cli.start(
            Map.of(),
            "exec",
            "--tx",
            popen(),
            "-c",
            "import time; channel.send(1); time.sleep(1000); channel.send(2)");
    assertThat(running.nextLine()).isEqualTo("{\"gateway\":\"gw0\",\"item\":1}");
    running.process.destroy();
    assertThat(running.status()).isEqualTo(143);
  }

  @Test
  void valuesComeAsJson() {
    String code =
        """
        channel.send([None, True, 2**70, 1.0, 1e300, "ä", (1, 2), b"\\x00", {1}, frozenset(), 1j])
        channel.send({1: "a", "b": float("nan")})
        channel.send({"a": float("inf"), "b": -float("inf")})
        channel.send({"$set": [1]})
        channel.send({(1, b"x"): {b"y": None}})
        channel.send(None)
        """;
    assertThat(Cli.run("exec", "--tx", popen(), "--raw", "-c", code).out())
        .containsExactly(
            "[null,true,1180591620717411303424,1.0,1e+300,\"ä\",[1,2],{\"$bytes\":\"AA==\"},"
                + "{\"$set\":[1]},{\"$set\":[]},{\"$complex\":[0.0,1.0]}]",
            "{\"$dict\":[[1,\"a\"],[\"b\",{\"$float\":\"nan\"}]]}",
            "{\"a\":{\"$float\":\"inf\"},\"b\":{\"$float\":\"-inf\"}}",
            "{\"$dict\":[[\"$set\",[1]]]}",
            "{\"$dict\":[[[1,{\"$bytes\":\"eA==\"}],{\"$dict\":[[{\"$bytes\":\"eQ==\"},null]]}]]}",
            "null");
  }

  @Test
  void aChannelHasNoJsonFormAndTheRestGoesOn() {
    String code = "channel.send(channel.gateway.newchannel()); channel.send(2)";
    Result result = Cli.run("exec", "--tx", popen(), "--raw", "-c", code);
    assertThat(result.out()).containsExactly("2");
    assertThat(result.err()).containsExactly("[gw0] execnet: a channel has no JSON form");
    assertThat(result.status()).isEqualTo(1);
  }

  @Test
  void argsAreGivenToRunAsTheValuesThatTheyAre() {
    String code = "def run(channel, n, s): channel.send([n * 2, type(s).__name__, sorted(s)])";
    Result result =
        Cli.run(
            "exec",
            "--tx",
            popen(),
            "--raw",
            "-c",
            code,
            "--arg",
            "n=21",
            "--arg",
            "s={\"$set\":[2,1]}");
    assertThat(result.out()).containsExactly("[42,\"set\",[1,2]]");
  }

  @Test
  void sourceComesFromAFileWhoseNameTracebacksShow() throws IOException {
    Path file = Files.writeString(dir.resolve("broken.py"), "channel.send(1)\n\n1/0\n");
    Result result = Cli.run("exec", "--tx", popen(), file.toString());
    assertThat(result.out()).containsExactly("{\"gateway\":\"gw0\",\"item\":1}");
    assertThat(result.err())
        .allMatch(line -> line.startsWith("[gw0] "))
        .anyMatch(line -> line.contains("broken.py\", line 3"))
        .last()
        .asString()
        .startsWith("[gw0] ZeroDivisionError");
    assertThat(result.status()).isEqualTo(1);
  }

  @Test
  void sourceComesFromStandardInput() {
    Result result = Cli.runWithInput("channel.send(7)", "exec", "--tx", popen(), "--raw", "-");
    assertThat(result.out()).containsExactly("7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "//io=pipe", "//execmodel=main_thread_only"})
  void whatCodePrintsGoesToStandardErrorWithItsGateway(String options) {
    Result result = Cli.run("exec", "--tx", popen() + "//id=here" + options, "-c", PRINTING);
    assertThat(result.out()).containsExactly("{\"gateway\":\"here\",\"item\":1}");
    assertThat(result.err())
        .containsExactlyInAnyOrder("[here] one", "[here] two", "[here] three", "[here] last");
    assertThat(result.status()).isZero();
  }

  @Test
  void whatIsPrintedBehindAnotherGatewayIsThatOfItsOwn() {
    String hop = popen() + "//io=pipe//id=hop";
    Result result = Cli.run("exec", "--tx", hop, "--tx", popen() + "//via=hop", "-c", PRINTING);
    assertThat(result.out()).hasSize(2);
    assertThat(result.err())
        .contains("[gw0] one", "[gw0] two", "[gw0] three", "[gw0] last")
        .contains("[hop] one", "[hop] two", "[hop] three", "[hop] last")
        .hasSize(8);
  }

  @Test
  void othersGoOnWhereOneRaises() {
    String code = "if channel.gateway.id.startswith('a'): raise ValueError('no')\nchannel.send(1)";
    Result result =
        Cli.run("exec", "--tx", popen() + "//id=a", "--tx", popen() + "//id=b", "-c", code);
    assertThat(result.out()).containsExactly("{\"gateway\":\"b\",\"item\":1}");
    assertThat(result.err()).last().isEqualTo("[a] ValueError: no");
    assertThat(result.err()).noneMatch(line -> line.contains("\tat "));
    assertThat(result.status()).isEqualTo(1);
  }

  @Test
  void aWorkerThatDiesIsNamedWithItsSignal() {
    Result result = Cli.run("exec", "--tx", popen(), "-c", "import os; os.kill(os.getpid(), 9)");
    assertThat(result.err())
        .singleElement()
        .asString()
        .startsWith("[gw0] execnet: gateway gw0 lost")
        .contains("SIGKILL");
    assertThat(result.status()).isEqualTo(1);
  }

  @Test
  void theTimeoutBoundsItAsAWhole() {
    String code =
        """
        import os, sys
        channel.send(os.getpid())
        if channel.gateway.id.startswith('b'):
            try:
                n = 0 # CPython 3.11 loses what a loop right behind its try is interrupted by
                while True: n += 1
            finally:
                sys.stderr.write('cleaned up\\n')
        """;
    Result result =
        Cli.run(
            "exec",
            "--tx",
            popen() + "//id=a",
            "--tx",
            popen() + "//id=b",
            "--timeout",
            "3s",
            "-c",
            code);
    assertThat(result.err())
        .containsExactly("[b] execnet: still running after 3s, interrupted", "[b] cleaned up");
    assertThat(result.status()).isEqualTo(1);
    assertThat(Cli.alive(result.out().stream().map(Cli::item))).isEmpty();
  }

  @Test
  void codeThatTakesNoNoticeOfTheTimeoutIsKilled() {
    String code =
        """
        import os, time
        channel.send(os.getpid())
        while True:
            try: time.sleep(600)
            except KeyboardInterrupt: pass
        """;
    Result result = Cli.run("exec", "--tx", popen(), "--timeout", "2s", "-c", code);
    assertThat(result.err()).containsExactly("[gw0] execnet: still running after 2s, interrupted");
    assertThat(result.status()).isEqualTo(1);
    assertThat(Cli.alive(result.out().stream().map(Cli::item))).isEmpty();
  }

  @Test
  void aGatewayThatCanNotBeOpenedIsNamedAndTheOthersAreStopped() {
    Result result =
        Cli.run("exec", "--tx", popen(), "--tx", "popen//python=no-such-python", "-c", "1");
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .singleElement()
        .asString()
        .startsWith("execnet: can't open gw1 (popen//python=no-such-python");
    assertThat(result.status()).isEqualTo(3);
  }

  @Test
  void stackTracesAreShownWhenDebugging() {
    Result result = Cli.run("exec", "--debug", "--tx", "popen//python=no-such-python", "-c", "1");
    assertThat(result.err()).anyMatch(line -> line.contains("\tat io.execnet."));
    assertThat(result.out()).isEqualTo(List.of());
  }
}
