package io.execnet.transport.via;

import io.execnet.transport.Transport;
import io.execnet.transport.bootstrap.BootstrapLine;
import io.execnet.transport.socket.SocketTesting;
import org.junit.jupiter.api.Nested;

/** The contract with a peer in a server that a hop starts. */
class InstallIT {

  abstract static class Contract extends HopServerContract {

    @Override
    Transport transport(BootstrapLine line) {
      return new InstallTransport(SocketTesting.sockets(line), new ViaTransport(line));
    }
  }

  @Nested
  class ReachedFromHere extends Contract {

    @Override
    String far() {
      return "socket//installvia=near";
    }
  }

  @Nested
  class ReachedThroughTheHop extends Contract {

    @Override
    String far() {
      return "socket//installvia=hop";
    }
  }
}
