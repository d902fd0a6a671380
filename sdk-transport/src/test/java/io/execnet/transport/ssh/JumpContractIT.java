package io.execnet.transport.ssh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A host behind another, where both want new keys now and then. */
class JumpContractIT extends SshContract {

  private @TempDir Path folder;

  @Override
  String[] configuration() {
    return new String[] {"MaxSessions 100", "RekeyLimit 8M"};
  }

  @Override
  synchronized String arguments(OpenSshServer running) {
    try {
      Path config = folder.resolve("config");
      if (Files.notExists(config)) {
        Files.writeString(
            config,
            "Host near far\n  HostName 127.0.0.1\n  Port "
                + running.port()
                + "\n  IdentityFile "
                + running.key()
                + "\n  UserKnownHostsFile "
                + running.knownHosts()
                + "\nHost far\n  ProxyJump near\n");
      }
      return "-F " + config + " far";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
