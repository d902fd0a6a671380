package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.spec.XSpec;
import io.execnet.transport.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.time.Duration;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes known of a new host. */
class HostKeyVerifierTest {

  private @TempDir Path home;
  private Path known;

  @BeforeEach
  void nothingIsKnown() {
    known = home.resolve("a/b/known");
  }

  /** For an attempt that begins now. */
  private HostKeyVerifier acceptsNew() {
    String spec = "ssh=-F none -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=" + known;
    SshTarget target =
        SshTargets.of(
            XSpec.parse(spec + " joe@box"), SshTesting.settings(home), Duration.ofSeconds(1));
    KnownHosts hosts = KnownHosts.read(target.hostKeys());
    return new HostKeyVerifier(new SshAttempt(target, Credentials.NONE, hosts), hosts);
  }

  private static boolean takes(HostKeyVerifier verifier, PublicKey key) {
    return verifier.verifyServerKey(null, null, key);
  }

  private static PublicKey key() throws GeneralSecurityException {
    KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
    keys.initialize(256);
    return keys.generateKeyPair().getPublic();
  }

  @Test
  void ofTwoAtOnceTheSecondTakesTheSameKeyOnly() throws Exception {
    HostKeyVerifier first = acceptsNew();
    HostKeyVerifier same = acceptsNew();
    HostKeyVerifier other = acceptsNew();
    PublicKey key = key();
    assertThat(takes(first, key)).isTrue();
    assertThat(takes(same, key)).isTrue();
    assertThat(takes(other, key())).isFalse();
    assertThat(Files.readAllLines(known)).containsExactly("box " + PublicKeyEntry.toString(key));
  }

  @Test
  void whatItMakesIsTheUsersAlone() throws Exception {
    takes(acceptsNew(), key());
    assertThat(permissions(known)).isEqualTo("rw-------");
    assertThat(permissions(known.getParent())).isEqualTo("rwx------");
    assertThat(permissions(known.getParent().getParent())).isEqualTo("rwx------");
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
