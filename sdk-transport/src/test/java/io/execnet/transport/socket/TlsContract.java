package io.execnet.transport.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Which certificates are trusted, on both sides, however the server is reached. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
public abstract class TlsContract {

  protected ServerUnderTest server;
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

  /** What leads to this server, but for TLS. */
  protected abstract String way(ServerUnderTest to);

  /** Opens what the spec says, uses it, and closes it. */
  protected abstract void works(String spec) throws Exception;

  /** Adds keys whose values are files in the server's folder. */
  protected final String spec(ServerUnderTest to, String... keys) {
    StringBuilder spec = new StringBuilder(way(to));
    for (String key : keys) {
      spec.append("//").append(key.replace("=", "=" + to.folder + "/"));
    }
    return spec.toString();
  }

  protected final BootstrapException refused(String spec) {
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
      assertThat(refused(way(plain) + "//tls")).hasMessageContaining("no TLS connection to");
    }
    works(spec(server, "tls_ca=ca.pem"));
  }
}
