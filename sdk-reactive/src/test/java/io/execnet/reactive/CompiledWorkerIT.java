package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.execnet.core.BootstrapException;
import io.execnet.core.spec.XSpec;
import io.execnet.core.worker.CompiledWorker;
import io.execnet.testing.Command;
import io.execnet.testing.Interpreter;
import io.execnet.testing.Interpreters;
import io.execnet.transport.bootstrap.BootstrapLine;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Starts that use what an earlier one has compiled. */
@Timeout(60)
class CompiledWorkerIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Group group = Group.create();

  @AfterEach
  void close() {
    group.close();
  }

  static Stream<Interpreter> pythons() {
    return Interpreters.onePerVersion().stream();
  }

  /** A command that no other test starts. */
  private static String command(Interpreter python, String test) {
    return "env TEST=" + test + " " + python.executable();
  }

  private Gateway open(String command) {
    return make("popen//python=" + command);
  }

  private static String key(String command) {
    return BootstrapLine.command(XSpec.parse("popen//python=" + command)).orElseThrow();
  }

  private static Optional<CompiledWorker> kept(String command) {
    return CompiledWorker.startedBy(key(command));
  }

  private Gateway make(String spec) {
    return group.makeGateway(spec).blockOptional(PATIENCE).orElseThrow();
  }

  /** Whether the worker was asked for its compiled form. */
  private static boolean wasAsked(Gateway gateway) {
    List<?> arguments =
        gateway
            .remoteExec("import sys; channel.send(sys.argv)")
            .receive(List.class)
            .blockLast(PATIENCE);
    return arguments.contains("--compiled");
  }

  @ParameterizedTest
  @MethodSource("pythons")
  void theFirstStartOfACommandGivesIt(Interpreter python) {
    String command = command(python, "first");
    assertThat(kept(command)).isEmpty();
    assertThat(wasAsked(open(command))).isTrue();
    assertThat(kept(command))
        .get()
        .extracting(CompiledWorker::version)
        .asString()
        .contains(python.major() + "." + python.minor());
    assertThat(wasAsked(open(command))).isFalse();
    assertThatThrownBy(() -> open(command).remoteExec("1/0").receive().blockLast(PATIENCE))
        .hasMessageContaining("ZeroDivisionError");
  }

  @ParameterizedTest
  @MethodSource("pythons")
  void itIsRun(Interpreter python) {
    String command = command(python, "run");
    String print =
        "import base64, marshal; code = compile('import os; os._exit(42)', '', 'exec'); "
            + "print(base64.b64encode(marshal.dumps(code)).decode())";
    String code = Command.run(PATIENCE, python.executable().toString(), "-c", print).output();
    CompiledWorker.of(version(python), Base64.getDecoder().decode(code.strip()))
        .keepFor(key(command));
    assertThatThrownBy(() -> open(command))
        .isInstanceOf(BootstrapException.class)
        .hasMessageContaining("42");
  }

  private static String version(Interpreter python) {
    String print = "import sys; print(sys.version.encode('unicode_escape').decode())";
    return Command.run(PATIENCE, python.executable().toString(), "-c", print)
        .output()
        .strip()
        .replace("\\n", "\n");
  }

  @Test
  void anotherVersionCompilesTheSourceAndIsKeptInstead() {
    Interpreter python = Interpreters.defaultInterpreter();
    String command = command(python, "other");
    new CompiledWorker("4.0", "nonsense").keepFor(key(command));
    assertThat(wasAsked(open(command))).isTrue();
    assertThat(kept(command)).get().extracting(CompiledWorker::version).isEqualTo(version(python));
    assertThat(wasAsked(open(command))).isFalse();
  }

  @Test
  void whatCanNotBeReadIsReplacedToo() {
    Interpreter python = Interpreters.defaultInterpreter();
    String command = command(python, "broken");
    new CompiledWorker(version(python), "nonsense").keepFor(key(command));
    assertThat(wasAsked(open(command))).isTrue();
    assertThat(kept(command)).get().extracting(it -> it.code().length()).isNotEqualTo(8);
  }

  @Test
  void anotherEnvironmentIsAnotherCommand() {
    String command = command(Interpreters.defaultInterpreter(), "environment");
    assertThat(wasAsked(make("popen//env:A=1//python=" + command))).isTrue();
    assertThat(wasAsked(make("popen//env:A=2//python=" + command))).isTrue();
    assertThat(wasAsked(make("popen//env:A=1//python=" + command))).isFalse();
    assertThat(kept(command)).isEmpty();
  }

  @Test
  void thePlainOneIsACommandToo() {
    make("popen");
    assertThat(wasAsked(make("popen"))).isFalse();
  }

  @Test
  void thoseElsewhereAreNotAsked() {
    Gateway hop = open(command(Interpreters.defaultInterpreter(), "hop"));
    assertThat(wasAsked(make("popen//via=" + hop.id()))).isFalse();
    assertThat(wasAsked(make(SharedSshServer.spec()))).isFalse();
  }
}
