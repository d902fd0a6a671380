package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.transport.ssh.OpenSshServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How the ssh client of another gateway's host logs in, or why it does not. */
@Timeout(120)
class ViaSshStartIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final OpenSshServer server = OpenSshServer.start();
  private final Group group = Group.create();

  @BeforeEach
  void openHop() {
    group.makeGateway("popen//id=hop").block(PATIENCE);
  }

  @AfterEach
  void close() {
    group.close();
    server.close();
  }

  private Gateway open(String spec) {
    return group.makeGateway(spec).blockOptional(PATIENCE).orElseThrow();
  }

  /** Why what would be opened is not where one of its files is another. */
  private BootstrapException refused(Path file, Path instead) {
    String spec = server.spec().replace(file.toString(), instead.toString());
    return catchThrowableOfType(BootstrapException.class, () -> open(spec + "//via=hop"));
  }

  @Test
  void aKeyThatTheServerDoesNotTakeIsRefused() {
    Path other = server.folder().resolve("other");
    OpenSshServer.keygen(other, "ed25519", "");

    BootstrapException error = refused(server.key(), other);

    assertThat(error.reason()).isEqualTo(Reason.AUTHENTICATION_REFUSED);
    assertThat(error)
        .hasMessageContaining("through hop")
        .extracting(BootstrapException::standardError)
        .asString()
        .contains("Permission denied");
  }

  @Test
  void anUnknownAndAChangedHostKeyAreRefused() throws IOException {
    Path none = Files.createFile(server.folder().resolve("none"));
    Path changed = server.folder().resolve("changed");
    String[] key = Files.readString(server.folder().resolve("id.pub")).split(" ");
    Files.writeString(changed, "[127.0.0.1]:%d %s %s%n".formatted(server.port(), key[0], key[1]));

    for (Path knownHosts : List.of(none, changed)) {
      BootstrapException error = refused(server.knownHosts(), knownHosts);

      assertThat(error.reason()).isEqualTo(Reason.HOST_KEY_REFUSED);
      assertThat(error).hasMessageContaining("through hop");
    }
  }

  @Test
  void theConfigurationThatTheSpecNamesIsRead() throws IOException {
    Path config = server.folder().resolve("config");
    Files.write(
        config,
        List.of(
            "Host machine",
            "HostName 127.0.0.1",
            "Port " + server.port(),
            "User " + OpenSshServer.user(),
            "IdentityFile " + server.key(),
            "IdentityAgent none",
            "UserKnownHostsFile " + server.knownHosts(),
            "StrictHostKeyChecking yes"));

    Gateway far = open("ssh=machine//ssh_config=" + config + "//via=hop");

    assertThat(far.remoteExec("channel.send(6 * 7)").receive().blockLast(PATIENCE)).isEqualTo(42L);
    assertThat(far.remoteAddress()).contains(InetSocketAddress.createUnresolved("machine", 22));
  }
}
