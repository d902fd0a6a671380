package io.execnet.transport.popen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.testing.Interpreter;
import io.execnet.testing.Interpreters;
import io.execnet.testing.Leftovers;
import io.execnet.testing.Prerequisites;
import io.execnet.testing.StockExecnet;
import io.execnet.transport.Connection;
import io.execnet.transport.PeerConnections;
import io.execnet.transport.Received;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.Transports;
import io.execnet.transport.WorkerFrames;
import io.execnet.transport.bootstrap.BootstrapLine;
import io.execnet.transport.bootstrap.WorkerStreams;
import io.execnet.transport.netty.NettyConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.tcp.TcpResources;

/** Starting real interpreters, and the ways in which that can fail. */
@Timeout(60)
class BootstrapIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Transports transports = new Transports();
  private final List<String> output = new CopyOnWriteArrayList<>();
  private @TempDir Path folder;
  private Leftovers before;

  @BeforeEach
  void takeStock() {
    before = Leftovers.now();
  }

  @AfterEach
  void nothingIsLeft() {
    before.awaitNoMore();
  }

  private Mono<Connection> open(String spec) {
    return open(spec, PATIENCE);
  }

  private Mono<Connection> open(String spec, Duration timeout) {
    return transports.open(
        XSpec.parse(spec), "gw0", new TransportOptions(timeout, line -> output.add(line.text())));
  }

  private BootstrapException failure(String spec, Duration timeout) {
    Mono<Connection> start = open(spec, timeout);
    return catchThrowableOfType(BootstrapException.class, () -> PeerConnections.value(start));
  }

  private BootstrapException failure(String spec) {
    return failure(spec, PATIENCE);
  }

  /** Asks the worker for its status, and returns what it answers. */
  private static String statusOf(Connection connection) throws Exception {
    return answer(connection, WorkerFrames.HELLO_AND_STATUS);
  }

  private static String answer(Connection connection, byte[] question) throws Exception {
    Received received = Received.from(connection);
    PeerConnections.write(connection, question);
    Awaitility.await().atMost(PATIENCE).until(() -> received.text().contains("numexecuting"));
    connection.close();
    received.awaitClosed();
    PeerConnections.value(connection.exitStatus());
    return received.text();
  }

  private String script(String text) throws IOException {
    Path script = Files.createTempFile(folder, "python", "");
    Files.writeString(script, "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script.toString();
  }

  static List<Interpreter> interpreters() {
    return Interpreters.onePerVersion();
  }

  @ParameterizedTest
  @MethodSource("interpreters")
  void startsAWorkerInEveryInterpreter(Interpreter python) throws Exception {
    Connection connection = PeerConnections.value(open("popen//python=" + python.executable()));
    assertThat(connection).isInstanceOf(NettyConnection.class);
    assertThat(statusOf(connection)).contains("execmodel").contains("thread");
  }

  @ParameterizedTest
  @MethodSource("interpreters")
  void startsAWorkerOverPipesInEveryInterpreter(Interpreter python) throws Exception {
    Connection connection =
        PeerConnections.value(open("popen//io=pipe//python=" + python.executable()));
    assertThat(connection).isInstanceOf(PipeConnection.class);
    assertThat(statusOf(connection)).contains("execmodel");
  }

  @Test
  void findsAnInterpreterByItself() throws Exception {
    assertThat(statusOf(PeerConnections.value(open("popen")))).contains("numchannels");
  }

  @ParameterizedTest
  @ValueSource(strings = {"popen//bootstrap=import", "popen//bootstrap=import//io=pipe"})
  void startsTheInstalledExecnet(String spec) throws Exception {
    for (Path python : List.of(StockExecnet.newest(), StockExecnet.debian())) {
      Connection connection = PeerConnections.value(open(spec + "//python=" + python));
      assertThat(answer(connection, WorkerFrames.STATUS)).contains("numchannels");
    }
  }

  @Test
  void saysThatThereIsNoExecnetToImport() {
    String python = "/usr/bin/python3 -I -S";
    BootstrapException error = failure("popen//bootstrap=import//python=" + python);
    assertThat(error.reason()).isEqualTo(Reason.EXITED);
    assertThat(error).hasMessageContaining("bootstrap=import").hasMessageContaining("execnet");
  }

  @Test
  void saysThatThereIsNoSuchInterpreter() {
    BootstrapException error = failure("popen//python=/no/such/python3");
    assertThat(error.reason()).isEqualTo(Reason.INTERPRETER_NOT_FOUND);
    assertThat(error).hasMessageContaining("/no/such/python3");
  }

  @Test
  void saysThatAWrapperFoundNoInterpreter() {
    BootstrapException error = failure("popen//python=env no-such-python");
    assertThat(error.reason()).isEqualTo(Reason.INTERPRETER_NOT_FOUND);
    assertThat(error).hasMessageContaining("env no-such-python");
  }

  @Test
  void saysThatAFileCanNotBeExecuted() throws IOException {
    Path file = Files.writeString(folder.resolve("python"), "text");
    BootstrapException error = failure("popen//python=" + file);
    assertThat(error.reason()).isEqualTo(Reason.INTERPRETER_NOT_FOUND);
    assertThat(error).hasMessageContaining(file.toString()).hasMessageContaining("ermission");
  }

  @Test
  void saysThatAnInterpreterIsTooOld() {
    List<Interpreter> old = Interpreters.tooOld();
    Prerequisites.require(!old.isEmpty(), "install Python 2.7, for instance with pyenv");
    for (Interpreter python : old) {
      BootstrapException error = failure("popen//python=" + python.executable());
      assertThat(error.reason()).isEqualTo(Reason.INTERPRETER_TOO_OLD);
      assertThat(error)
          .hasMessageContaining(python.major() + "." + python.minor() + "." + python.micro())
          .hasMessageContaining("3.6");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "//io=pipe"})
  void quotesWhatCameFirst(String io) throws IOException {
    String python = script("echo 'Welcome to this host'; exec /usr/bin/python3 \"$@\"");
    BootstrapException error = failure("popen//python=" + python + io);
    assertThat(error.reason()).isEqualTo(Reason.UNEXPECTED_OUTPUT);
    assertThat(error).hasMessageContaining("\"Welcome to this host\\n");
  }

  @Test
  void quotesTheBeginningOfEndlessOutput() throws IOException {
    BootstrapException error = failure("popen//python=" + script("exec yes 'no python'"));
    assertThat(error.reason()).isEqualTo(Reason.UNEXPECTED_OUTPUT);
  }

  @Test
  void showsWhatADyingInterpreterWrote() throws IOException {
    String python = script("echo 'license expired' >&2; exit 9");
    BootstrapException error = failure("popen//python=" + python);
    assertThat(error.reason()).isEqualTo(Reason.EXITED);
    assertThat(error.standardError()).isEqualTo("license expired\n");
    assertThat(error).hasMessageContaining("exit status 9").hasMessageContaining("license expired");
  }

  @Test
  void namesTheSignalThatEndedAnInterpreter() throws IOException {
    BootstrapException error = failure("popen//python=" + script("kill -9 $$"));
    assertThat(error.reason()).isEqualTo(Reason.EXITED);
    assertThat(error).hasMessageContaining("SIGKILL");
  }

  @Test
  void givesUpOnAnInterpreterThatSaysNothing() throws IOException {
    String python = script("echo 'still here' >&2; exec sleep 600");
    BootstrapException error = failure("popen//python=" + python, Duration.ofMillis(500));
    assertThat(error.reason()).isEqualTo(Reason.TIMEOUT);
    assertThat(error).hasMessageContaining("500 ms").hasMessageContaining("still here");
  }

  @Test
  void endsTheChildrenOfAWrapperThatSaysNothing() throws IOException {
    String python = script("sleep 600; exit 1");
    BootstrapException error = failure("popen//python=" + python, Duration.ofMillis(500));
    assertThat(error.reason()).isEqualTo(Reason.TIMEOUT);
  }

  @Test
  void acceptsArgumentsAndSpacesInTheCommand() throws Exception {
    Path spaced = Files.createDirectory(folder.resolve("a b"));
    Path link = Files.createSymbolicLink(spaced.resolve("python"), Path.of("/usr/bin/python3"));
    Connection connection =
        PeerConnections.value(open("popen//python='" + link + "' -X utf8 \"-W\" ignore"));
    assertThat(statusOf(connection)).contains("numchannels");
  }

  @Test
  void refusesACommandThatNoShellWouldTake() {
    Mono<Connection> start = open("popen//python='/usr/bin/python3");
    XSpecException error =
        catchThrowableOfType(XSpecException.class, () -> PeerConnections.value(start));
    assertThat(error).hasMessageContaining("python='/usr/bin/python3");
  }

  @Test
  void usesPipesWhereTheWorkerCanNotConnectBack() throws Exception {
    // what a container looks like: the socket's path means nothing there
    PopenTransport contained =
        new PopenTransport(
            TcpResources.get(),
            (spec, id, streams) ->
                BootstrapLine.worker()
                    .of(
                        spec,
                        id,
                        new WorkerStreams(
                            folder.resolve("elsewhere"), streams.framed(), streams.answer())));
    Connection connection =
        PeerConnections.value(
            contained.open(
                XSpec.parse("popen"), "gw0", new TransportOptions(PATIENCE, line -> {})));
    assertThat(connection).isInstanceOf(PipeConnection.class);
    assertThat(statusOf(connection)).contains("numchannels");
  }

  @Test
  void passesTheEnvironmentOn() throws Exception {
    String python =
        script("test \"$GREETING\" = 'hello you' || exit 5; exec /usr/bin/python3 \"$@\"");
    Connection connection =
        PeerConnections.value(open("popen//python=" + python + "//env:GREETING=hello you"));
    assertThat(statusOf(connection)).contains("numchannels");
  }

  @Test
  void passesTheSwitchesOn() throws Exception {
    String python =
        script(
            "test \"$*\" = \"-u -B -c $4\" || { echo \"$*\" >&2; exit 5; }; exec /usr/bin/python3 \"$@\"");
    Connection connection =
        PeerConnections.value(open("popen//dont_write_bytecode//python=" + python));
    assertThat(statusOf(connection)).contains("numchannels");
  }

  @Test
  void acceptsAnyId() throws Exception {
    Mono<Connection> start =
        transports.open(
            XSpec.parse("popen"), "-é'\"\\ @", new TransportOptions(PATIENCE, line -> {}));
    assertThat(statusOf(PeerConnections.value(start))).contains("numchannels");
  }

  @Test
  void showsWhatTheWorkerSaidAboutItsArguments() {
    BootstrapException error = failure("popen//execmodel=gevent//python=/usr/bin/python3 -I -S");
    assertThat(error.reason()).isEqualTo(Reason.EXITED);
    assertThat(error).hasMessageContaining("gevent");
  }

  @Test
  void startsNothingBeforeSubscriptionAndOneWorkerForEach() throws Exception {
    Mono<Connection> start = open("popen");
    before.awaitNoMore();
    Connection first = PeerConnections.value(start);
    Connection second = PeerConnections.value(start);
    assertThat(first).isNotSameAs(second);
    assertThat(statusOf(first)).contains("numchannels");
    assertThat(statusOf(second)).contains("numchannels");
  }

  @Test
  void cancellingAtAnyTimeLeavesNothing() throws Exception {
    List<Disposable> starts = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      Disposable start = open("popen").subscribe(Connection::kill, error -> {});
      starts.add(start);
      Mono.delay(Duration.ofMillis(5L * i)).subscribe(tick -> start.dispose());
    }
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> starts.stream().allMatch(Disposable::isDisposed));
  }
}
