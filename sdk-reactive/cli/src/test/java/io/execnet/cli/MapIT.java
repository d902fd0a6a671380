package io.execnet.cli;

import static io.execnet.cli.Cli.popen;
import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.cli.Cli.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code execnet map} as CLI.md has it. */
class MapIT {

  @TempDir Path dir;

  @Test
  void writesAResultForEachLineInInputOrder() {
    Result result =
        Cli.runWithInput("1\n2\n3\n", "map", "--tx", popen(2), "-c", "def run(x): return x*x");
    assertThat(result).isEqualTo(new Result(0, List.of("1", "4", "9"), List.of()));
  }

  @Test
  void keepsTheOrderWhereLaterItemsAreDoneEarlier() {
    String code = "import time\ndef run(x): time.sleep(0.3 if x == 0 else 0); return x";
    String input = String.join("\n", IntStream.range(0, 20).mapToObj(String::valueOf).toList());
    Result result = Cli.runWithInput(input, "map", "--tx", popen(2), "-c", code);
    assertThat(String.join("\n", result.out())).isEqualTo(input);
  }

  @Test
  void unorderedResultsComeAsTheyAreThere() {
    String code = "import time\ndef run(x): time.sleep(3 * x); return x";
    Result result = Cli.runWithInput("1\n0\n", "map", "--unordered", "--tx", popen(2), "-c", code);
    assertThat(result.out()).containsExactly("0", "1");
  }

  @Test
  void aFunctionThatYieldsGivesALineForEachValue() {
    Result result =
        Cli.runWithInput(
            "2\n0\n1\n",
            "map",
            "--tx",
            popen(2),
            "-c",
            "def run(x):\n  for i in range(x): yield i");
    assertThat(result.out()).containsExactly("0", "1", "0");
  }

  @Test
  void anotherFunctionCanBeCalledFromAFile() throws IOException {
    Path file = Files.writeString(dir.resolve("tools.py"), "def double(x): return 2 * x\n");
    Path input = Files.writeString(dir.resolve("in.jsonl"), "1\n\"ab\"\n");
    Result result =
        Cli.run(
            "map",
            "--tx",
            popen(),
            file.toString(),
            "--function",
            "double",
            "--input",
            input.toString());
    assertThat(result.out()).containsExactly("2", "\"abab\"");
  }

  @Test
  void anItemWhoseFunctionRaisesIsAnErrorLineAndTheRestGoOn() {
    Result result =
        Cli.runWithInput("1\n0\n2\n", "map", "--tx", popen(2), "-c", "def run(x): return 2 // x");
    assertThat(result.out())
        .hasSize(3)
        .startsWith("2")
        .endsWith("1")
        .anyMatch(line -> line.matches("\\{\"error\":\"ZeroDivisionError: .*\",\"item\":0}"));
    assertThat(result.err())
        .allMatch(line -> line.matches("\\[gw[01]] .*"))
        .anyMatch(line -> line.contains("Traceback"));
    assertThat(result.status()).isEqualTo(1);
  }

  @Test
  void aLineThatIsNoJsonIsAnErrorLineInItsPlace() {
    Result result =
        Cli.runWithInput(
            "nope\n1\n{\"a\":1,\"a\":2}\n\n2\n[",
            "map",
            "--tx",
            popen(2),
            "-c",
            "def run(x): return x");
    assertThat(result.out())
        .containsExactly(
            "{\"error\":\"line 1: not JSON: Unrecognized token 'nope', at column 1\","
                + "\"item\":\"nope\"}",
            "1",
            "{\"error\":\"line 3: the key \\\"a\\\" occurs twice, at column 8\","
                + "\"item\":\"{\\\"a\\\":1,\\\"a\\\":2}\"}",
            "2",
            result.out().get(4));
    assertThat(result.out().get(4)).contains("line 6: not JSON").endsWith("\"item\":\"[\"}");
    assertThat(result.err()).hasSize(3).allMatch(line -> line.startsWith("execnet: line "));
    assertThat(result.status()).isEqualTo(1);
  }

  @Test
  void anItemIsWrittenBackAsItWasRead() {
    String item =
        "{\"$dict\":[[1,{\"$bytes\":\"AP8=\"}],[[1,2],{\"$set\":[{\"$float\":\"nan\"}]}]]}";
    Result result =
        Cli.runWithInput(
            item + "\n", "map", "--tx", popen(), "-c", "def run(x): yield x; raise ValueError()");
    assertThat(result.out())
        .containsExactly(item, "{\"error\":\"ValueError\",\"item\":" + item + "}");
  }

  @Test
  void anItemWhoseWorkerDiedIsAnErrorAndTheWorkerIsReplaced() {
    String code = "import os\ndef run(x):\n  if x == 1: os.kill(os.getpid(), 9)\n  return x";
    Result result = Cli.runWithInput("0\n1\n2\n3\n", "map", "--tx", popen(), "-c", code);
    assertThat(result.out())
        .hasSize(4)
        .contains("0", "2", "3")
        .anyMatch(line -> line.startsWith("{\"error\":\"gateway gw0 lost") && line.endsWith(":1}"));
    assertThat(result.status()).isEqualTo(1);
  }

  @Test
  void anItemWhoseWorkerDiedIsRunAgainIfAsked() {
    Path died = dir.resolve("died");
    String code =
        """
        import os
        def run(x):
          if x == 1 and not os.path.exists("%s"):
            open("%s", "w").close()
            os.kill(os.getpid(), 9)
          return x
        """
            .formatted(died, died);
    Result result =
        Cli.runWithInput("0\n1\n2\n", "map", "--tx", popen(), "--retries", "1", "-c", code);
    assertThat(result.out()).containsExactly("0", "1", "2");
    assertThat(result.status()).isZero();
  }

  @Test
  void theTimeoutBoundsEachItem() {
    String code = "def run(x):\n  while x == 1: pass\n  return x";
    Result result =
        Cli.runWithInput("0\n1\n2\n", "map", "--tx", popen(), "--timeout", "2s", "-c", code);
    assertThat(result.out())
        .containsExactly("0", "{\"error\":\"the item took longer than 2s\",\"item\":1}", "2");
    assertThat(result.status()).isEqualTo(1);
  }

  @Test
  void itemsAreInFlightAtTheSameTimeWhereAsked() {
    String code =
        """
        import threading
        together = threading.Barrier(3)
        def run(x): together.wait(60); return x
        """;
    Result result =
        Cli.runWithInput("1\n2\n3\n", "map", "--tx", popen(), "--concurrency", "3", "-c", code);
    assertThat(result).isEqualTo(new Result(0, List.of("1", "2", "3"), List.of()));
  }

  @Test
  void resultsComeWhileInputIsStillOpen() throws IOException {
    Cli.Running running =
        Cli.start(Map.of(), "map", "--tx", popen(), "-c", "def run(x): return x + 1");
    running.process.getOutputStream().write("1\n".getBytes());
    running.process.getOutputStream().flush();
    assertThat(running.nextLine()).isEqualTo("2");
    running.write("2\n");
    assertThat(running.result()).isEqualTo(new Result(0, List.of("3"), List.of()));
  }

  @Test
  void noInputGivesNoOutput() {
    assertThat(Cli.run("map", "--tx", popen(), "-c", "def run(x): return x"))
        .isEqualTo(new Result(0, List.of(), List.of()));
  }

  @Test
  void sourceThatRaisesEndsItWithTheTraceback() {
    Result result = Cli.runWithInput("1\n", "map", "--tx", popen(), "-c", "1/0");
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).anyMatch(line -> line.contains("ZeroDivisionError"));
    assertThat(result.status()).isEqualTo(1);
  }

  @Test
  void aWorkerThatCanNotBeOpenedIsNamed() {
    Result result =
        Cli.run("map", "--tx", popen(), "--tx", "popen//python=no-such-python", "-c", "1");
    assertThat(result.err()).singleElement().asString().contains("no-such-python");
    assertThat(result.status()).isEqualTo(3);
  }

  @Test
  void nothingButResultsWhereStandardErrorIsNoTerminal() {
    Result result = Cli.runWithInput("1\n", "map", "--tx", popen(), "-c", "def run(x): return x");
    assertThat(result.err()).isEmpty();
  }
}
