package io.execnet.transport.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.Received;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.Transports;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Which certificates are trusted, on both sides. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private ServerUnderTest server;
  private ServerUnderTest strict;

  @BeforeAll
  void start() {
    server = Certificates.startServer();
    strict = Certificates.startServer("--tls-client-ca", "ca.pem");
  }

  @AfterAll
  void stop() {
    server.close();
    strict.close();
  }

  private static String spec(ServerUnderTest server, String... keys) {
    StringBuilder spec = new StringBuilder(server.spec());
    for (String key : keys) {
      spec.append("//").append(key.replace("=", "=" + server.folder + "/"));
    }
    return spec.toString();
  }

  private static Connection open(String spec, Duration startTimeout) {
    return new Transports()
        .open(XSpec.parse(spec), "gw0", new TransportOptions(startTimeout, it -> {}))
        .block(PATIENCE);
  }

  private static void works(String spec) throws Exception {
    Connection connection = open(spec, PATIENCE);
    Received received = Received.from(connection);
    connection.close();
    received.awaitClosed();
  }

  private static BootstrapException refused(String spec) {
    return catchThrowableOfType(BootstrapException.class, () -> works(spec));
  }

  @Test
  void trustsItsAuthority() throws Exception {
    works(spec(server, "tls_ca=ca.pem"));
    works(spec(server, "tls_ca=ca.pem").replace("127.0.0.1", "localhost"));
  }

  @Test
  void refusesACertificateOfAnUnknownAuthority() {
    for (String keys : new String[] {"tls", "tls_ca=other-ca.pem"}) {
      BootstrapException error = refused(spec(server, keys));
      assertThat(error.reason()).isEqualTo(Reason.HOST_KEY_REFUSED);
      assertThat(error)
          .hasMessageContaining("certificate of the socket server " + server.address())
          .hasMessageContaining("tls_ca=");
    }
    server.awaitLog("refused 127.0.0.1");
  }

  @Test
  void refusesACertificateOfAnotherHost() {
    BootstrapException error =
        refused(spec(server, "tls_ca=ca.pem").replace("127.0.0.1", "127.0.0.2"));
    assertThat(error.reason()).isIn(Reason.HOST_KEY_REFUSED, Reason.HOST_NOT_FOUND);
  }

  @Test
  void saysThatTheServerWantsACertificate() throws Exception {
    for (String[] keys :
        new String[][] {
          {"tls_ca=ca.pem"}, {"tls_ca=ca.pem", "tls_cert=stranger.pem", "tls_key=stranger.key"}
        }) {
      BootstrapException error = refused(spec(strict, keys));
      assertThat(error)
          .hasMessageContaining("tls_cert=")
          .extracting(BootstrapException::reason)
          .isEqualTo(Reason.AUTHENTICATION_REFUSED);
    }
    works(spec(strict, "tls_ca=ca.pem", "tls_cert=client.pem", "tls_key=client.key"));
  }

  @Test
  void saysThatThereIsNoTls() throws Exception {
    try (ServerUnderTest plain = ServerUnderTest.start()) {
      BootstrapException error = refused(plain.spec() + "//tls");
      assertThat(error).hasMessageContaining("no TLS connection to");
    }
    BootstrapException error =
        catchThrowableOfType(
            BootstrapException.class, () -> open(server.spec(), Duration.ofMillis(500)));
    assertThat(error.reason()).isEqualTo(Reason.TIMEOUT);
    works(spec(server, "tls_ca=ca.pem"));
  }

  @Test
  void saysWhichFileItCanNotUse() {
    assertThat(refused(spec(server, "tls_ca=token"))).hasMessageContaining("tls_ca=");
    assertThat(refused(spec(server, "tls_ca=ca.pem", "tls_cert=none", "tls_key=none")))
        .hasMessageContaining("tls_cert=");
  }
}
