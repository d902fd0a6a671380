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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** TLS from here to the server. */
class TlsIT extends TlsContract {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Override
  protected String way(ServerUnderTest to) {
    return to.spec();
  }

  private static Connection open(String spec, Duration startTimeout) {
    return new Transports()
        .open(XSpec.parse(spec), "gw0", new TransportOptions(startTimeout, it -> {}))
        .block(PATIENCE);
  }

  @Override
  protected void works(String spec) throws Exception {
    Connection connection = open(spec, PATIENCE);
    Received received = Received.from(connection);
    connection.close();
    received.awaitClosed();
  }

  @Test
  void refusesACertificateOfAnotherHost() throws Exception {
    try (ServerUnderTest everywhere = Certificates.startServerAt("0.0.0.0")) {
      String spec = spec(everywhere, "tls_ca=ca.pem");
      works(spec.replace("0.0.0.0", "127.0.0.1"));
      BootstrapException error = refused(spec.replace("0.0.0.0", "127.0.0.2"));
      assertThat(error.reason()).isEqualTo(Reason.HOST_KEY_REFUSED);
      assertThat(error)
          .hasMessageContaining("certificate of the socket server 127.0.0.2:")
          .hasMessageContaining("is not trusted");
      everywhere.awaitLog("refused 127.0.0.1");
    }
  }

  @Test
  void refusesAWrongToken() throws Exception {
    Path other = Files.writeString(server.folder.resolve("other"), "a token of somebody else");
    Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-------"));
    String spec = spec(server, "tls_ca=ca.pem").replace(server.tokenFile() + "", other + "");
    BootstrapException error = refused(spec);
    assertThat(error.reason()).isEqualTo(Reason.AUTHENTICATION_REFUSED);
    assertThat(error).hasMessageContaining("" + other);
    server.awaitLog("it has another token");
  }

  @Test
  void saysThatTheServerWantsTls() throws Exception {
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
