package io.execnet.transport.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.spec.XSpec;
import io.execnet.testing.FreePort;
import io.execnet.testing.Leftovers;
import io.execnet.transport.Connection;
import io.execnet.transport.Credentials;
import io.execnet.transport.Received;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.Transports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** How a worker is started in a socket server, and what is told where it is not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SocketStartIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Transports transports = new Transports();
  private ServerUnderTest server;
  private Leftovers before;

  @BeforeAll
  void startServer() throws Exception {
    server = ServerUnderTest.start();
    end(open(server.spec())); // whatever is shared and stays is there from now on
  }

  @AfterAll
  void stopServer() {
    server.close();
  }

  @BeforeEach
  void takeStock() {
    before = Leftovers.now();
  }

  @AfterEach
  void leavesNothing() {
    before.awaitNoMore();
  }

  private Connection open(String spec) {
    return open(spec, PATIENCE, Credentials.NONE);
  }

  private Connection open(String spec, Duration startTimeout, Credentials credentials) {
    TransportOptions options =
        new TransportOptions(startTimeout, PATIENCE, credentials, id -> Optional.empty(), it -> {});
    return transports.open(XSpec.parse(spec), "gw0", options).block(PATIENCE);
  }

  private BootstrapException refused(String spec) {
    return refused(spec, PATIENCE);
  }

  private BootstrapException refused(String spec, Duration startTimeout) {
    return catchThrowableOfType(
        BootstrapException.class, () -> open(spec, startTimeout, Credentials.NONE));
  }

  private static void end(Connection connection) throws Exception {
    Received received = Received.from(connection);
    connection.close();
    received.awaitClosed();
  }

  @Test
  void closeEndsTheWorker() throws Exception {
    Connection connection = open(server.spec());
    assertThat(server.workers()).hasSize(1);
    assertThat(connection.remoteAddress().toString()).contains("127.0.0.1:" + server.port());
    end(connection);
    assertThat(connection.exitStatus().blockOptional(PATIENCE)).isEmpty();
    Awaitility.await().atMost(PATIENCE).until(() -> server.workers().isEmpty());
  }

  @Test
  void killEndsAnIdleWorker() throws Exception {
    Connection connection = open(server.spec());
    Received received = Received.from(connection);
    connection.kill();
    received.awaitClosed();
    Awaitility.await().atMost(PATIENCE).until(() -> server.workers().isEmpty());
  }

  @Test
  void asksTheProgramForTheToken() throws Exception {
    Credentials credentials =
        new Credentials() {
          @Override
          public Optional<String> token(String host, int port) {
            assertThat(host).isEqualTo("localhost");
            return Optional.of(port == server.port() ? ServerUnderTest.TOKEN : "?");
          }
        };
    end(open("socket=localhost:" + server.port(), PATIENCE, credentials));
  }

  @Test
  void refusesAWrongToken() throws Exception {
    Path other = Files.createTempFile("token", "");
    Files.writeString(other, "a token of somebody else");
    BootstrapException error = refused("socket=" + server.address() + "//token_file=" + other);
    assertThat(error.reason()).isEqualTo(Reason.AUTHENTICATION_REFUSED);
    assertThat(error).hasMessageContaining(server.address()).hasMessageContaining("" + other);
    server.awaitLog("it has another token");
    Files.delete(other);
  }

  @Test
  void saysWhatToAddWhereAServerDemandsAToken() {
    BootstrapException error = refused("socket=" + server.address());
    assertThat(error.reason()).isEqualTo(Reason.AUTHENTICATION_REFUSED);
    assertThat(error).hasMessageContaining("demands a token: add token_file=");
  }

  @Test
  void saysThatAServerMayKnowNoTokens() {
    try (ServerUnderTest stocklike = ServerUnderTest.start("--no-token")) {
      String spec = "socket=" + stocklike.address() + "//token_file=" + server.tokenFile();
      BootstrapException error = refused(spec, Duration.ofMillis(500));
      assertThat(error.reason()).isEqualTo(Reason.TIMEOUT);
      assertThat(error).hasMessageContaining("--no-token");
    }
  }

  @Test
  void doesNotTrustAServerThatDoesNotKnowTheToken() throws Exception {
    try (ServerSocket fake = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread thread =
          new Thread(
              () -> {
                try (Socket client = fake.accept()) {
                  client
                      .getOutputStream()
                      .write((Token.GREETING + " " + "0".repeat(64)).getBytes());
                  client.getOutputStream().write('\n');
                  client.getInputStream().read(new byte[64 + 1 + 64 + 1]);
                  client.getOutputStream().write(("ok " + "0".repeat(64) + "\n").getBytes());
                  client.getInputStream().readAllBytes();
                } catch (IOException e) {
                  // it is reset
                }
              });
      thread.start();
      BootstrapException error =
          refused("socket=127.0.0.1:" + fake.getLocalPort() + "//token_file=" + server.tokenFile());
      assertThat(error.reason()).isEqualTo(Reason.HOST_KEY_REFUSED);
      thread.join();
    }
  }

  @Test
  void refusesATokenFileThatOthersMayRead() throws Exception {
    Path open = Files.createTempFile("token", "");
    Files.writeString(open, ServerUnderTest.TOKEN);
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r-----"));
    BootstrapException error = refused("socket=" + server.address() + "//token_file=" + open);
    assertThat(error.reason()).isEqualTo(Reason.AUTHENTICATION_REFUSED);
    assertThat(error).hasMessageContaining("chmod 600").hasMessageContaining(open.toString());
    Files.delete(open);
    assertThat(refused("socket=" + server.address() + "//token_file=" + open))
        .hasMessageContaining("can't read the token file " + open);
  }

  @Test
  void saysThatNobodyListens() throws Exception {
    int free = FreePort.find();
    BootstrapException error = refused("socket=127.0.0.1:" + free);
    assertThat(error.reason()).isEqualTo(Reason.HOST_NOT_FOUND);
    assertThat(error).hasMessageContaining("127.0.0.1:" + free).hasMessageContaining("refused");
    assertThat(refused("socket=no-such-host.invalid:1"))
        .hasMessageContaining("no-such-host.invalid:1: there is no host of this name");
  }

  @Test
  void saysThatSomethingElseListens() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 2, InetAddress.getLoopbackAddress())) {
      BootstrapException error =
          refused("socket=127.0.0.1:" + silent.getLocalPort(), Duration.ofMillis(300));
      assertThat(error.reason()).isEqualTo(Reason.TIMEOUT);
      BootstrapException behindTls =
          refused("socket=127.0.0.1:" + silent.getLocalPort() + "//tls", Duration.ofMillis(300));
      assertThat(behindTls.reason()).isEqualTo(Reason.TIMEOUT);
      assertThat(behindTls).hasMessageContaining("300 ms (startTimeout)");
    }
  }

  @Test
  void aCancelLeavesNothing() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String[] tokens = {"", "//token_file=" + server.tokenFile()};
      for (int i = 0; i < 200; i++) { // the cancel comes at many different moments
        String token = tokens[i % 2];
        String spec = "socket=127.0.0.1:" + silent.getLocalPort() + token;
        Disposable opening =
            transports
                .open(XSpec.parse(spec), "gw0", new TransportOptions(PATIENCE, it -> {}))
                .subscribe();
        try (Socket accepted = silent.accept()) {
          opening.dispose();
          accepted.setSoTimeout((int) PATIENCE.toMillis());
          try {
            accepted.getInputStream().readAllBytes();
          } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
          }
        }
      }
    }
  }

  @Test
  void aCancelAtAnyMomentLeavesNothing() {
    for (int millis = 0; millis < 60; millis++) {
      transports
          .open(XSpec.parse(server.spec()), "gw0", new TransportOptions(PATIENCE, it -> {}))
          .doOnNext(Connection::kill)
          .takeUntilOther(Mono.delay(Duration.ofMillis(millis)))
          .block(PATIENCE);
    }
    Awaitility.await().atMost(PATIENCE).until(() -> server.workers().isEmpty());
  }

  @Test
  void reachesIpv6() throws Exception {
    try (ServerUnderTest v6 =
        ServerUnderTest.start(ServerUnderTest.newFolder(), List.of(), "[::1]:0")) {
      assertThat(v6.address()).startsWith("[::1]:");
      end(open(v6.spec()));
      end(open(v6.spec().replace("[::1]", "0:0:0:0:0:0:0:1")));
    }
  }
}
