package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.GatewayLostException;
import io.execnet.core.XSpecException;
import io.execnet.testing.FreePort;
import io.execnet.testing.StockExecnet;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Socket servers that the worker of another gateway starts. */
class InstallViaIT extends OwnGroup {

  static Stream<String> hops() {
    return Stream.of(
        "popen",
        "popen//via=near",
        SharedSshServer.spec() + "//via=near",
        "popen//execmodel=main_thread_only",
        "popen//bootstrap=import//python=" + StockExecnet.newest(),
        "popen//bootstrap=import//python=" + StockExecnet.debian());
  }

  private static Object run(Gateway gateway, String source) {
    return gateway.remoteExec(source).receive().blockLast(PATIENCE);
  }

  private static long children(Gateway gateway) {
    long pid = gateway.rinfo().block(PATIENCE).pid();
    return ProcessHandle.of(pid).orElseThrow().descendants().count();
  }

  @ParameterizedTest
  @MethodSource("hops")
  void startsAServerForOneConnectionAndConnects(String spec) {
    open("popen//id=near");
    Gateway hop = open(spec + "//id=hop");

    Gateway far = open("socket//installvia=hop");

    assertThat(run(far, "channel.send(6 * 7)")).isEqualTo(42L);
    assertThat(run(hop, "channel.send(6 * 7)")).isEqualTo(42L);
    InetSocketAddress address = (InetSocketAddress) far.remoteAddress().orElseThrow();
    assertThat(address.getHostString()).isEqualTo("127.0.0.1");
    assertThat(children(hop)).isPositive();
    assertThat(far.exit().block(PATIENCE).outcome()).isEqualTo(GatewayEnd.Outcome.EXITED);
    await().atMost(PATIENCE).until(() -> children(hop) == 0);
  }

  @Test
  void reachesTheServerThroughAnotherGateway() {
    open("popen//id=hop");
    open("popen//id=other");

    Gateway far = open("socket//installvia=hop//via=other");

    assertThat(run(far, "channel.send(6 * 7)")).isEqualTo(42L);
  }

  @Test
  void bindsWhereTheSpecSays() throws Exception {
    open("popen//id=hop");
    int port = FreePort.find();
    Gateway far = open("socket=127.0.0.1:" + port + "//installvia=hop");

    assertThat(run(far, "channel.send(6 * 7)")).isEqualTo(42L);
    assertThat(((InetSocketAddress) far.remoteAddress().orElseThrow()).getPort()).isEqualTo(port);
  }

  @Test
  void saysWhyThereIsNoServer() throws Exception {
    Gateway hop = open("popen//id=hop");
    try (ServerSocket taken = new ServerSocket(0)) {
      String spec = "socket=127.0.0.1:" + taken.getLocalPort() + "//installvia=hop";
      BootstrapException error = catchThrowableOfType(BootstrapException.class, () -> open(spec));
      assertThat(error.reason()).isEqualTo(Reason.EXITED);
      assertThat(error).hasMessageContaining("can't listen").hasMessageContaining("hop");
    }
    assertThatThrownBy(() -> open("socket//installvia=nobody"))
        .isInstanceOf(XSpecException.class)
        .hasMessageContaining("nobody");
    await().atMost(PATIENCE).until(() -> children(hop) == 0);
  }

  @Test
  void endsWithTheGatewayThatStartedIt() {
    Gateway hop = open("popen//id=hop");
    Gateway far = open("socket//installvia=hop");
    long pid = far.rinfo().block(PATIENCE).pid();

    ProcessHandle.of(hop.rinfo().block(PATIENCE).pid()).orElseThrow().destroyForcibly();

    assertThatThrownBy(() -> far.onEnd().block(PATIENCE)).isInstanceOf(GatewayLostException.class);
    await().atMost(PATIENCE).until(() -> ProcessHandle.of(pid).isEmpty());
  }
}
