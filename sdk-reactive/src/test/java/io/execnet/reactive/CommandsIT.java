package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.testing.Prerequisites;
import io.execnet.testing.StockExecnet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** Interpreters behind commands, which run them elsewhere: as others, in other namespaces. */
class CommandsIT extends OwnGroup {

  private static final String PYTHON = "/usr/bin/python3";

  private final Queue<String> printed = new ConcurrentLinkedQueue<>();

  CommandsIT() {
    groupWith(GroupOptions.defaults().withOutput(line -> printed.add(line.stream() + line.text())));
  }

  @TempDir Path folder;

  private Gateway behind(String command) {
    return open("popen//python=" + command);
  }

  private static Object run(Gateway gateway, String source) {
    return gateway.remoteExec(source).receive().blockLast(PATIENCE);
  }

  /** Whether a worker is there that exchanges items and ends when it is asked to. */
  private static void works(Gateway gateway) {
    Flux<Long> squares =
        gateway
            .remoteExec("for x in channel: channel.send(x * x)")
            .exchange(Flux.range(1, 1000), Long.class);
    assertThat(squares.count().block(PATIENCE)).isEqualTo(1000);
    long pid = gateway.rinfo().block(PATIENCE).pid();
    assertThat(gateway.exit().block(PATIENCE).outcome()).isEqualTo(GatewayEnd.Outcome.EXITED);
    assertThat(pid).isPositive();
  }

  private Path script(String name, String... lines) throws Exception {
    Path script = folder.resolve(name);
    Files.writeString(script, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void asRoot() {
    Prerequisites.require(
        System.getProperty("user.name").equals("root"), "run as root, to become somebody else");
  }

  @Test
  void withAnEnvironmentOfItsOwn() {
    Gateway gateway = behind("env -i A=1 " + PYTHON);
    assertThat(run(gateway, "import os; channel.send(sorted(os.environ))").toString())
        .contains("A")
        .doesNotContain("PATH");
    works(gateway);
  }

  @Test
  void atAnotherPriority() {
    Gateway before = behind(PYTHON);
    Gateway gateway = behind("nice -n 5 " + PYTHON);
    String niceness = "import os; channel.send(os.nice(0))";
    assertThat(run(gateway, niceness)).isEqualTo(Math.min(19, (long) run(before, niceness) + 5));
    works(gateway);
  }

  @Test
  void asAnotherUserWhoMayNotUseOurSocket() {
    asRoot();
    Gateway gateway = behind("setpriv --reuid=nobody --regid=nogroup --clear-groups " + PYTHON);
    assertThat(run(gateway, "import os; channel.send(os.getuid())")).isEqualTo(65534L);
    works(gateway);
  }

  @Test
  void inAnotherNetwork() {
    asRoot();
    Gateway gateway = behind("unshare -n " + PYTHON);
    assertThat(run(gateway, "import socket; channel.send(len(socket.if_nameindex()))"))
        .isEqualTo(1L);
    works(gateway);
  }

  @Test
  void whereOurFilesAreNotSeen() {
    asRoot();
    String hideTmp = "unshare -m sh -c 'mount -t tmpfs none /tmp && exec \"$@\"' sh ";
    Gateway gateway = behind(hideTmp + PYTHON);
    assertThat(run(gateway, "import os; channel.send(os.listdir('/tmp'))")).isEqualTo(List.of());
    works(gateway);
    works(behind(hideTmp + StockExecnet.debian() + "//bootstrap=import"));
  }

  @Test
  void inAnotherRoot() {
    asRoot();
    works(behind("chroot / " + PYTHON));
  }

  @Test
  void behindACommandThatPrintsFirst() throws Exception {
    Path noisy = script("noisy", "echo 'job 17 queued'", "echo started 1", "exec \"$@\"");
    works(behind(noisy + " " + PYTHON));
    works(open("popen//io=pipe//python=" + noisy + " " + PYTHON));
    works(open("popen//bootstrap=import//io=pipe//python=" + noisy + " " + StockExecnet.debian()));
  }

  @Test
  void throughVagrant() {
    works(open(FakeVagrant.spec()));
    Gateway hop = open("popen//id=hop");
    works(open(FakeVagrant.spec() + "//via=" + hop.id()));
    BootstrapException error =
        catchThrowableOfType(BootstrapException.class, () -> open("vagrant_ssh=another"));
    assertThat(error.reason()).isEqualTo(Reason.EXITED);
    assertThat(error).hasMessageContaining("vagrant ssh another").hasMessageContaining("not known");
  }

  @Test
  void nameTheCommandThatIsNotThere() {
    BootstrapException error =
        catchThrowableOfType(
            BootstrapException.class, () -> behind("no-such-command exec box python3"));
    assertThat(error.reason()).isEqualTo(Reason.INTERPRETER_NOT_FOUND);
    assertThat(error).hasMessageContaining("no-such-command");
  }

  @Test
  void sayWhyThereIsNoInterpreter() {
    BootstrapException error =
        catchThrowableOfType(
            BootstrapException.class,
            () -> behind("sh -c 'echo Error: no such container; exit 1' sh"));
    assertThat(error.reason()).isEqualTo(Reason.EXITED);
    assertThat(error).hasMessageContaining("exit status 1").hasMessageContaining("no such");
  }

  @Test
  void anEchoOfTheProgramIsNoWorker() {
    try (Group hasty =
        Group.create(GroupOptions.defaults().withStartTimeout(Duration.ofSeconds(2)))) {
      BootstrapException error =
          catchThrowableOfType(
              BootstrapException.class,
              () ->
                  hasty.makeGateway("popen//io=pipe//python=sh -c 'exec cat' sh").block(PATIENCE));
      assertThat(error.reason()).isEqualTo(Reason.UNEXPECTED_OUTPUT);
    }
  }

  @Test
  void whatIsPrintedBehindACommandStillComes() {
    Gateway gateway = behind("env " + PYTHON);
    gateway
        .remoteExec("import os; os.system('echo to stdout; echo to stderr >&2')")
        .run()
        .block(PATIENCE);
    await().atMost(PATIENCE).until(() -> printed.contains("STDOUTto stdout"));
    await().atMost(PATIENCE).until(() -> printed.contains("STDERRto stderr"));
  }
}
