package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a server knows only one way to agree upon keys; other tests use the quickest. */
class KeyExchangeIT extends SshGateways {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sntrup761x25519-sha512@openssh.com",
        "curve25519-sha256",
        "ecdh-sha2-nistp256",
        "diffie-hellman-group16-sha512"
      })
  void works(String algorithm) throws Exception {
    OpenSshServer server = server("KexAlgorithms " + algorithm, "LogLevel DEBUG1");
    assertWorks(open(server.spec()));
    assertThat(server.log()).contains("kex: algorithm: " + algorithm + " [preauth]");
  }
}
