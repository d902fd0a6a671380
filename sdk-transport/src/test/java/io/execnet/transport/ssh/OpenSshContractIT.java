package io.execnet.transport.ssh;

import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.OutputContract;
import io.execnet.transport.OutputLine;
import io.execnet.transport.TransportContract;
import io.execnet.transport.TransportOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** The contract over a real OpenSSH server, whose limit of ten channels a session it exceeds. */
class OpenSshContractIT implements TransportContract, OutputContract {

  private static OpenSshServer server;
  private @TempDir static Path home;

  @BeforeAll
  static void startServer() {
    server = OpenSshServer.start();
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  public boolean carriesStandardOutput() {
    return false; // the peer knows no frames
  }

  @Override
  public Mono<Connection> open(Map<String, String> environment, Consumer<OutputLine> output) {
    return SshTesting.peers(SshTesting.settings(home), environment)
        .open(XSpec.parse(server.spec()), "gw0", new TransportOptions(PATIENCE, output));
  }
}
