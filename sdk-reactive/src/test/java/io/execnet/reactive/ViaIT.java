package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.GatewayLostException;
import io.execnet.core.XSpecException;
import io.execnet.testing.Interpreters;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** Gateways through other gateways: how they are opened, and how they end. */
class ViaIT extends OwnGroup {

  private final Printed printed = new Printed();

  ViaIT() {
    groupWith(GroupOptions.defaults().withOutput(printed));
  }

  private static long pid(Gateway gateway) {
    return gateway.rinfo().blockOptional(PATIENCE).orElseThrow().pid();
  }

  private static Object run(Gateway gateway, String source) {
    return gateway.remoteExec(source).receive().blockLast(PATIENCE);
  }

  private BootstrapException refused(String spec) {
    try {
      open(spec);
    } catch (BootstrapException e) {
      return e;
    }
    throw new AssertionError(spec + " was opened");
  }

  private static void awaitEnd(long pid) {
    await().atMost(PATIENCE).until(() -> ProcessHandle.of(pid).isEmpty());
  }

  @Test
  void startsTheHopsOwnInterpreterThere() {
    Gateway hop = open("popen//id=hop//python=" + Interpreters.supported().get(1).executable());
    Gateway far = open("popen//via=hop");

    assertThat(run(far, "import os; channel.send(os.getppid())")).isEqualTo(pid(hop));
    assertThat(far.rinfo().block(PATIENCE).executable())
        .isEqualTo(hop.rinfo().block(PATIENCE).executable());
    assertThat(far.remoteAddress()).isEmpty();
  }

  @Test
  void namesAHopThatIsNotThere() {
    assertThatThrownBy(() -> open("popen//via=nobody"))
        .isInstanceOf(XSpecException.class)
        .hasMessageContaining("via=nobody");
  }

  @Test
  void tellsWhyNothingStartedThere() {
    open("popen//id=hop");

    BootstrapException missing = refused("popen//via=hop//python=no-such-python");
    assertThat(missing.reason()).isEqualTo(Reason.INTERPRETER_NOT_FOUND);
    assertThat(missing).hasMessageContaining("no-such-python").hasMessageContaining("hop");
    BootstrapException exited = refused("popen//via=hop//python=sh -c 'echo why >&2; exit 3'");
    assertThat(exited.reason()).isEqualTo(Reason.EXITED);
    assertThat(exited).hasMessageContaining("exit status 3").hasMessageContaining("why");
    BootstrapException notFound = refused("popen//via=hop//python=sh -c 'no-such-python'");
    assertThat(notFound.reason()).isEqualTo(Reason.INTERPRETER_NOT_FOUND);
    BootstrapException old = refused("popen//via=hop//python=echo hello");
    assertThat(old).hasMessageContaining("hello");
    assertThat(refused("socket=127.0.0.1:1//via=hop").reason()).isEqualTo(Reason.HOST_NOT_FOUND);
  }

  @Test
  void givesUpOnWhatDoesNotAnswer() {
    try (Group hasty =
        Group.create(GroupOptions.defaults().withStartTimeout(Duration.ofSeconds(2)))) {
      hasty.makeGateway("popen//id=hop").block(PATIENCE);
      assertThatThrownBy(
              () ->
                  hasty
                      .makeGateway("popen//via=hop//python=sh -c 'exec sleep 600'")
                      .block(PATIENCE))
          .isInstanceOfSatisfying(
              BootstrapException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TIMEOUT));
      assertThat(
              hasty
                  .gateway("hop")
                  .orElseThrow()
                  .remoteExec(
                      "import subprocess\n"
                          + "while b'sleep 600' in subprocess.check_output("
                          + "['ps', '--ppid', str(__import__('os').getpid()), '-o', 'args']): pass\n"
                          + "channel.send('gone')")
                  .receive()
                  .blockLast(PATIENCE))
          .isEqualTo("gone");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "//execmodel=main_thread_only"})
  void leavesTheHopsMainThreadFree(String execmodel) {
    Gateway hop = open("popen//id=hop" + execmodel);
    Gateway far = open("popen//via=hop");
    String where = "import threading; channel.send(threading.current_thread().name)";

    assertThat(run(hop, where)).isEqualTo("MainThread");
    assertThat(run(far, where)).isEqualTo("MainThread");
  }

  @Test
  void theEndOfTheFarProcessIsTold() {
    open("popen//id=hop");
    Gateway killed = open("popen//via=hop");
    Gateway exited = open("popen//via=hop");

    assertThatThrownBy(() -> run(killed, "import os; os.kill(os.getpid(), 9)"))
        .isInstanceOfSatisfying(
            GatewayLostException.class,
            e -> assertThat(e.exitStatus().orElseThrow().signal()).contains("SIGKILL"));
    assertThatThrownBy(() -> run(exited, "import os; os.write(2, b'bye'); os._exit(7)"))
        .isInstanceOfSatisfying(
            GatewayLostException.class,
            e -> {
              assertThat(e.exitStatus().orElseThrow().code()).isEqualTo(7);
              assertThat(e.standardError()).contains("bye");
            });
    await().atMost(PATIENCE).until(() -> printed.contains(exited, "bye"));
  }

  @Test
  void anExitAndAKillEndTheFarProcess() {
    open("popen//id=hop");
    Gateway exits = open("popen//via=hop");
    Gateway hangs = open("popen//via=hop");
    long exiting = pid(exits);
    long hanging = pid(hangs);
    Mono<Void> busy = hangs.remoteExec("while True: pass").run();
    busy.onErrorComplete().subscribe();

    assertThat(exits.exit().block(PATIENCE).outcome()).isEqualTo(GatewayEnd.Outcome.EXITED);
    assertThat(hangs.kill().block(PATIENCE).outcome()).isEqualTo(GatewayEnd.Outcome.KILLED);
    awaitEnd(exiting);
    awaitEnd(hanging);
  }

  @Test
  void aCallbackOfTheHopThatNeverReturnsHoldsNobodyUp() {
    Gateway hop = open("popen//id=hop");
    Object called =
        run(
            hop,
            """
            import threading
            called = threading.Event()
            def block(item):
                called.set()
                threading.Event().wait()
            own = channel.gateway.newchannel()
            own.setcallback(block, endmarker=None)
            own.close()
            called.wait()
            channel.send("called")
            """);
    assertThat(called).isEqualTo("called");

    Gateway exits = open("popen//via=hop");
    Gateway hangs = open("popen//via=hop");
    long exiting = pid(exits);
    long hanging = pid(hangs);
    hangs.remoteExec("while True: pass").run().onErrorComplete().subscribe();

    assertThat(exits.exit().block(PATIENCE).outcome()).isEqualTo(GatewayEnd.Outcome.EXITED);
    assertThat(hangs.kill().block(PATIENCE).outcome()).isEqualTo(GatewayEnd.Outcome.KILLED);
    awaitEnd(exiting);
    awaitEnd(hanging);
    hop.kill().block(PATIENCE); // which would wait for the callback
  }

  @Test
  void theLossOfAHopIsWhyThoseBehindItAreLost() {
    Gateway hop = open("popen//id=hop");
    Gateway far = open("popen//id=far//via=hop");
    Gateway farther = open("popen//via=far");
    long[] pids = {pid(far), pid(farther)};

    ProcessHandle.of(pid(hop)).orElseThrow().destroyForcibly();

    assertThatThrownBy(() -> far.onEnd().block(PATIENCE))
        .isInstanceOf(GatewayLostException.class)
        .cause()
        .isInstanceOfSatisfying(
            GatewayLostException.class, e -> assertThat(e.gatewayId()).isEqualTo("hop"));
    assertThatThrownBy(() -> farther.onEnd().block(PATIENCE))
        .isInstanceOf(GatewayLostException.class)
        .cause()
        .isInstanceOfSatisfying(
            GatewayLostException.class, e -> assertThat(e.gatewayId()).isEqualTo("far"));
    awaitEnd(pids[0]);
    awaitEnd(pids[1]);
    assertThat(group.gateways()).isEmpty();
  }

  @Test
  void connectsToASocketServerFromThere() {
    Gateway hop = open("popen//id=hop");
    long port =
        hop.remoteExec(
                """
                import socket, threading
                listener = socket.create_server(("127.0.0.1", 0))
                def serve(execmodel):
                    clientsock, address = listener.accept()
                    listener.close()
                    with clientsock.makefile("rb") as lines:
                        program = eval(lines.readline())
                    exec(program, {"clientsock": clientsock, "address": address,
                                   "execmodel": execmodel})
                threading.Thread(
                    target=serve, args=(channel.gateway.execmodel,), daemon=True).start()
                channel.send(listener.getsockname()[1])
                """)
            .receive(Long.class)
            .blockLast(PATIENCE);

    Gateway far = open("socket=127.0.0.1:" + port + "//via=hop");

    assertThat(run(far, "channel.send(6 * 7)")).isEqualTo(42L);
    assertThat(far.remoteAddress())
        .contains(InetSocketAddress.createUnresolved("127.0.0.1", (int) port));
    assertThat(far.exit().block(PATIENCE).outcome()).isEqualTo(GatewayEnd.Outcome.EXITED);
  }

  @Test
  void anSshClientThatCannotReachItsHostSaysSo() {
    open("popen//id=hop");

    BootstrapException error = refused("ssh=-p 1 127.0.0.1//via=hop");

    assertThat(error.reason()).isEqualTo(Reason.HOST_NOT_FOUND);
    assertThat(error).hasMessageContaining("refused").hasMessageContaining("hop");
  }

  @Test
  void startsWhatTheHopsOwnClientsReach(@TempDir Path folder) throws Exception {
    String fake = "#!/bin/sh\necho Welcome.\nfor last; do :; done\nexec sh -c \"$last\"\n";
    for (String client : new String[] {"ssh", "vagrant"}) {
      Path script = Files.writeString(folder.resolve(client), fake);
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    open("popen//id=hop//env:PATH=" + folder + ":" + System.getenv("PATH"));

    Gateway ssh = open("ssh=user@host//via=hop");
    Gateway vagrant = open("vagrant_ssh=machine//via=hop//python=env 'A=b c' python3");

    assertThat(run(ssh, "channel.send(1)")).isEqualTo(1L);
    assertThat(run(vagrant, "import os; channel.send(os.environ['A'])")).isEqualTo("b c");
    assertThat(ssh.remoteAddress()).contains(InetSocketAddress.createUnresolved("host", 22));
  }
}
