package io.execnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines that start nothing. */
class UsageTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "|which command?",
        "mapp|there is no command 'mapp', but there are exec, map, info",
        "exec --tx popen|(FILE | -c CODE)",
        "exec -c 1|--tx SPEC",
        "map -c 1|--tx SPEC",
        "info|--tx SPEC",
        "exec --tx popen -c 1 file.py|'file.py' is one argument too many",
        "exec --tx popen no-such-file.py|can't read no-such-file.py: no such file",
        "map --tx popen no-such-file.py|can't read no-such-file.py: no such file",
        "exec --tx popen src|src is a directory",
        "map --tx popen -c 1 --input no-such-file|can't read no-such-file: no such file",
        "map --tx popen -c 1 --input src|src is a directory",
        "map --tx popen -|standard input is for items",
        "map --tx popen -c 1 --concurrency 0|--concurrency must be 1 or more",
        "map --tx popen -c 1 --retries -1|--retries must be 0 or more",
        "map --tx popen -c 1 --concurrency x|'x' is not an int",
        "map --tx popen -c 1 --unorderd|did you mean --unordered?",
        "exec --tx popen//popen -c 1|--tx: 'popen' in 'popen//popen': the key 'popen' is repeated",
        "exec --tx 0*popen -c 1|N is 1 or more",
        "exec --tx nonsense -c 1|'nonsense' does not say what to start",
        "exec --tx popen//id=a --tx popen//id=a -c 1|another spec has this id",
        "exec --tx popen -c 1 --timeout 5|'5' is not a duration",
        "exec --tx popen -c 1 --arg x|--arg 'x' is not NAME=JSON",
        "exec --tx popen -c 1 --arg x=y|--arg x: not JSON",
        "exec --tx popen -c 1 --arg x=1 --arg x=2|--arg x is given twice",
        "completion fish|expected one of [bash, zsh]",
      })
  void wrongUsageIsSaidAndHasStatus2(@Nullable String args, String message) {
    assertThat(run(args == null ? "" : args)).isEqualTo(2);
    assertThat(err()).contains(message).contains("--help'").doesNotContain("\tat ");
    assertThat(out()).isEmpty();
  }

  @Test
  void sourceThatIsNotUtf8IsWrongUsage(@TempDir Path dir) throws Exception {
    Path file = Files.write(dir.resolve("latin1.py"), new byte[] {(byte) 0xe4});
    assertThat(run("exec --tx popen " + file)).isEqualTo(2);
    assertThat(err()).contains("it is not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "exec", "map", "info", "worker", "completion"})
  void everyCommandHasHelpThatFitsATerminal(String command) {
    assertThat(run((command + " --help").strip())).isZero();
    assertThat(err()).isEmpty();
    assertThat(out().lines()).isNotEmpty().allMatch(line -> line.length() <= 80);
    assertThat(out()).contains("Usage: execnet " + command).contains("--debug").contains("-V");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "exec --version", "map -V", "worker --version"})
  void everyCommandHasAVersion(String args) {
    assertThat(run(args)).isZero();
    assertThat(out()).startsWith("execnet ");
  }

  @Test
  void workerPrintsTheWorkerProgram() {
    assertThat(run("worker")).isZero();
    assertThat(out()).isEqualTo(io.execnet.core.worker.WorkerProgram.source());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh"})
  void completionPrintsAScript(String shell) {
    assertThat(run("completion " + shell)).isZero();
    assertThat(out()).contains("complete -F _complete_execnet").contains("--unordered");
  }

  private int run(String args) {
    Console console =
        new Console(
            InputStream.nullInputStream(),
            out,
            new Diagnostics(err),
            new Terminal(false, false, 80));
    return Execnet.run(console, args.isEmpty() ? new String[0] : args.split(" "));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
