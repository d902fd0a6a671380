package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.transport.socket.ServerUnderTest;
import io.execnet.transport.socket.TlsContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** TLS from here to the server, through a hop: what is trusted is what would be without it. */
class ViaTlsIT extends TlsContract {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Group group = Group.create();

  @BeforeAll
  void openHop() {
    group.makeGateway("popen//id=hop").block(PATIENCE);
  }

  @AfterAll
  void closeHop() {
    group.close();
  }

  @Override
  protected String way(ServerUnderTest to) {
    return to.spec() + "//via=hop";
  }

  @Override
  protected void works(String spec) {
    Gateway gateway = group.makeGateway(spec).block(PATIENCE);
    assertThat(gateway.remoteExec("channel.send(6 * 7)").receive().blockLast(PATIENCE))
        .isEqualTo(42L);
    gateway.exit().block(PATIENCE);
  }

  /** To the hop's system this is the same host, but the certificate has no such name. */
  @Test
  void refusesACertificateOfAnotherHost() {
    BootstrapException error =
        refused(spec(server, "tls_ca=ca.pem").replace("127.0.0.1", "0x7f.1"));
    assertThat(error.reason()).isEqualTo(Reason.HOST_KEY_REFUSED);
    assertThat(error).hasMessageContaining("0x7f.1");
  }
}
