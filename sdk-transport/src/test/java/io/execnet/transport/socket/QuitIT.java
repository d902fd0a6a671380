package io.execnet.transport.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.spec.XSpec;
import io.execnet.testing.StockExecnet;
import io.execnet.transport.Connection;
import io.execnet.transport.Received;
import io.execnet.transport.TransportOptions;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** That a server was asked to quit is success only where it did. */
class QuitIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static void quit(String spec, Duration startTimeout) {
    new SocketTransport()
        .quit(XSpec.parse(spec), new TransportOptions(startTimeout, it -> {}))
        .block(PATIENCE);
  }

  private static BootstrapException refused(String spec, Duration startTimeout) {
    return catchThrowableOfType(BootstrapException.class, () -> quit(spec, startTimeout));
  }

  private static void ends(ServerUnderTest server) {
    Awaitility.await().atMost(PATIENCE).until(() -> !server.isAlive());
  }

  private static void listens(ServerUnderTest server) throws IOException {
    new Socket("127.0.0.1", server.port()).close();
  }

  @Test
  void oursDoes() {
    try (ServerUnderTest server = ServerUnderTest.start()) {
      quit(server.spec(), PATIENCE);
      ends(server);
    }
    try (ServerUnderTest server = ServerUnderTest.start("--no-token", "--in-process")) {
      quit("socket=" + server.address(), PATIENCE);
      ends(server);
    }
    try (ServerUnderTest server = Certificates.startServer()) {
      quit(server.spec() + "//tls_ca=" + server.folder + "/ca.pem", PATIENCE);
      ends(server);
    }
  }

  @Test
  void stockExecnetsDoes() {
    for (Path python : List.of(StockExecnet.newest(), StockExecnet.debian())) {
      try (ServerUnderTest stock = ServerUnderTest.stock(python)) {
        quit(stock.spec(), PATIENCE);
        ends(stock);
      }
    }
  }

  @Test
  void oneThatWantsACertificateDoesNot() throws Exception {
    try (ServerUnderTest strict =
        Certificates.startServer("--tls-client-ca", "ca.pem", "--no-token")) {
      String spec = "socket=" + strict.address() + "//tls_ca=" + strict.folder + "/ca.pem";
      BootstrapException error = refused(spec, PATIENCE);
      assertThat(error.reason()).isEqualTo(Reason.AUTHENTICATION_REFUSED);
      assertThat(error).hasMessageContaining("tls_cert=");
      listens(strict);
    }
  }

  @Test
  void oneThatServesAsManyAsItMayDoesNot() throws Exception {
    try (ServerUnderTest full = ServerUnderTest.start("--no-token", "--max-connections", "1")) {
      String spec = "socket=" + full.address();
      Connection only =
          new SocketTransport()
              .open(XSpec.parse(spec), "gw0", new TransportOptions(PATIENCE, it -> {}))
              .block(PATIENCE);
      Received received = Received.from(only);
      BootstrapException error = refused(spec, Duration.ofSeconds(1));
      assertThat(error).hasMessageContaining("without a word").hasMessageContaining("1000 ms");
      listens(full);
      only.close();
      received.awaitClosed();
    }
  }
}
