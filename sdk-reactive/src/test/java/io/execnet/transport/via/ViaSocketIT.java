package io.execnet.transport.via;

import io.execnet.transport.socket.Certificates;
import io.execnet.transport.socket.ServerUnderTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;

/** The contract with a peer in a socket server that a hop connects to. */
class ViaSocketIT {

  @Nested
  class Plain extends HopServerContract {

    private final ServerUnderTest server = ServerUnderTest.start();

    @Override
    String far() {
      return server.spec() + "//via=hop";
    }

    @AfterAll
    void stop() {
      server.close();
    }
  }

  /** From here to the server, whatever the hops are. */
  @Nested
  class OverTls extends HopServerContract {

    private final ServerUnderTest server = Certificates.startServer();

    @Override
    String far() {
      return server.spec() + "//via=hop//tls_ca=" + server.folder.resolve("ca.pem");
    }

    @AfterAll
    void stop() {
      server.close();
    }
  }
}
