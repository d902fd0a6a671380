package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.testing.FreePort;
import io.execnet.transport.Connection;
import io.execnet.transport.Credentials;
import io.execnet.transport.PeerConnections;
import io.execnet.transport.Received;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.channel.ChannelDirectTcpip;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelListener;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Hosts that are reached through others. */
class JumpIT extends SshGateways {

  private OpenSshServer bastion;
  private OpenSshServer inner;
  private Path config;

  @BeforeEach
  void start() throws IOException {
    bastion = server();
    inner = server();
    config = home.resolve("config");
    write(
        host("bastion", bastion)
            + host("inner", inner)
            + host("jumping", inner, "ProxyJump bastion"));
  }

  private void write(String text) throws IOException {
    Files.writeString(config, text);
  }

  private static String host(String name, OpenSshServer server, String... more) {
    return "Host "
        + name
        + "\n  HostName 127.0.0.1\n  Port "
        + server.port()
        + "\n  IdentityFile "
        + server.key()
        + "\n  UserKnownHostsFile "
        + server.knownHosts()
        + "\n  "
        + String.join("\n  ", more)
        + "\n";
  }

  private String spec(String words) {
    return "ssh=" + words + "//ssh_config=" + config;
  }

  @Test
  void goesThroughTheHostOfTheCommandLine() throws Exception {
    assertWorks(open(spec("-J bastion inner")));
    assertThat(bastion.connections()).isEqualTo(1);
    assertThat(inner.connections()).isEqualTo(1);
    assertThat(inner.log()).contains("Connection from 127.0.0.1");
  }

  @Test
  void goesThroughTheHostOfTheConfiguration() throws Exception {
    assertWorks(open(spec("jumping")));
    assertThat(bastion.connections()).isEqualTo(1);
  }

  @Test
  void goesThroughSeveral() throws Exception {
    OpenSshServer middle = server();
    write(host("bastion", bastion) + host("middle", middle) + host("inner", inner));
    assertWorks(open(spec("-J bastion,middle inner")));
    assertThat(bastion.connections()).isEqualTo(1);
    assertThat(middle.connections()).isEqualTo(1);
    assertThat(inner.connections()).isEqualTo(1);
  }

  @Test
  void gatewaysShareTheWayToo() throws Exception {
    List<Connection> all =
        Flux.range(0, 4)
            .flatMap(i -> open(spec(i % 2 == 0 ? "jumping" : "-C jumping")))
            .collectList()
            .block(PATIENCE);
    assertThat(bastion.connections()).isEqualTo(1);
    assertThat(inner.connections()).isEqualTo(2);
    for (Connection connection : all) {
      assertWorks(connection);
    }
  }

  @Test
  void verifiesTheKeyOfTheHostInBetween() throws IOException {
    Files.writeString(bastion.knownHosts(), "");
    BootstrapException error = failure(open(spec("jumping")));
    assertThat(error.reason()).isEqualTo(Reason.HOST_KEY_REFUSED);
    assertThat(error).hasMessageContaining("127.0.0.1:" + bastion.port() + " is not known");
    assertThat(inner.connections()).isZero();
  }

  @Test
  void verifiesTheKeyOfTheHostBehindIt() throws IOException {
    Files.writeString(inner.knownHosts(), "");
    BootstrapException error = failure(open(spec("jumping")));
    assertThat(error.reason()).isEqualTo(Reason.HOST_KEY_REFUSED);
    assertThat(error).hasMessageContaining("127.0.0.1:" + inner.port() + " is not known");
  }

  @Test
  void saysWhichHostLetsNobodyIn() throws IOException {
    Files.writeString(bastion.authorizedKeys(), "");
    assertThat(failure(open(spec("jumping"))))
        .hasMessageContaining("@127.0.0.1:" + bastion.port() + " did not let us in")
        .extracting(BootstrapException::reason)
        .isEqualTo(Reason.AUTHENTICATION_REFUSED);
  }

  @Test
  void saysThatTheHostInBetweenReachesNothing() {
    int port = FreePort.find();
    BootstrapException error = failure(open(spec("-p " + port + " -J bastion inner")));
    assertThat(error.reason()).isEqualTo(Reason.HOST_NOT_FOUND);
    assertThat(error)
        .hasMessageContaining("127.0.0.1:" + port + " through ")
        .hasMessageContaining("@127.0.0.1:" + bastion.port())
        .hasMessageContaining("the jump host could not connect to it: ");
  }

  @Test
  void saysThatTheHostInBetweenForbidsIt() throws IOException {
    OpenSshServer strict = server("AllowTcpForwarding no");
    write(host("strict", strict) + host("inner", inner, "ProxyJump strict"));
    BootstrapException error = failure(open(spec("inner")));
    assertThat(error.reason()).isEqualTo(Reason.HOST_NOT_FOUND);
    assertThat(error)
        .hasMessageContaining("the jump host forbids it (AllowTcpForwarding, PermitOpen): ");
  }

  @Test
  void saysWhichConnectionWasLost() throws Exception {
    Connection connection = PeerConnections.value(open(spec("jumping")));
    Received received = Received.from(connection);
    bastion.killServers();
    assertThat(received.awaitClosed().orElseThrow())
        .hasMessageContaining("@127.0.0.1:" + inner.port() + " (through ")
        .hasMessageContaining("): lost the SSH connection to ")
        .hasMessageContaining("@127.0.0.1:" + bastion.port() + ": the connection ended");
  }

  @Test
  void saysNothingThatIsTrueNoMore() throws Exception {
    Connection other = PeerConnections.value(open(spec("jumping"))); // holds the shared session
    int port = FreePort.find();
    Mono<Connection> start = open(spec("-p " + port + " -J bastion inner"));
    assertThat(failure(start)).hasMessageContaining("the jump host could not connect to it: ");
    try (ServerSocket hangsUp = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  hangsUp.accept().close();
                } catch (IOException e) {
                  // nobody came, which fails the test
                }
              });
      thread.start();
      assertThat(failure(start)).hasMessageContaining("no SSH session with it: ");
      thread.join();
    }
    assertWorks(other);
  }

  /** Ends a start just when the jump host has connected to the target. */
  @Test
  void aCancelLeavesNoChannelOpen() throws Exception {
    Connection other = PeerConnections.value(open(spec("jumping"))); // holds the shared session
    Disposable.Swap start = Disposables.swap();
    CompletableFuture<Channel> tunnel = new CompletableFuture<>();
    ChannelListener listener =
        new ChannelListener() {
          @Override
          public void channelOpenSuccess(Channel channel) {
            if (channel instanceof ChannelDirectTcpip) {
              start.dispose();
              tunnel.complete(channel);
            }
          }
        };
    SshClients.client().addChannelListener(listener);
    try {
      start.update(open(spec("-C jumping")).subscribe(Connection::kill));
      Channel opened = tunnel.get(30, TimeUnit.SECONDS);
      Awaitility.await().atMost(PATIENCE).until(opened::isClosed);
    } finally {
      SshClients.client().removeChannelListener(listener);
    }
    assertWorks(other);
  }

  @Test
  void aCancelAtAnyTimeLeavesNothing() throws Exception {
    assertWorks(open(spec("jumping")));
    for (int i = 0; i < 60; i++) {
      Disposable start = open(spec("jumping")).doOnNext(Connection::kill).subscribe();
      Mono.delay(Duration.ofMillis(5L * i)).block();
      start.dispose();
    }
  }

  @Test
  void tellsTheAddressThatTheJumpHostConnectsTo() throws Exception {
    Connection connection = PeerConnections.value(open(spec("jumping")));
    assertThat(connection.remoteAddress())
        .hasValue(InetSocketAddress.createUnresolved("127.0.0.1", inner.port()));
    connection.kill();
  }

  @Test
  void theConnectTimeoutIsNotForTheHostInBetween() throws Exception {
    SshServer slow = EmbeddedServers.create();
    slow.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
    slow.setPasswordAuthenticator(
        (user, password, session) -> {
          Mono.delay(Duration.ofMillis(1500)).block();
          return true;
        });
    slow.start();
    closeLater(() -> slow.stop(true));
    write(
        "Host slow\n  HostName 127.0.0.1\n  User joe\n  StrictHostKeyChecking no\n"
            + "  UserKnownHostsFile none\n  Port "
            + slow.getPort()
            + "\n"
            + host("inner", inner, "ConnectTimeout 1", "ProxyJump slow"));
    Credentials password =
        new Credentials() {
          @Override
          public Optional<String> password(String user, String host, int port) {
            return Optional.of("secret");
          }
        };
    assertWorks(open(spec("inner"), password));
  }
}
