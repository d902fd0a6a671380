package io.execnet.transport.via;

import io.execnet.reactive.SharedService;
import io.execnet.transport.SocketPeers;
import io.execnet.transport.TransferContract;
import io.execnet.transport.Transport;
import io.execnet.transport.bootstrap.BootstrapLine;
import io.execnet.transport.socket.SocketTesting;
import org.junit.jupiter.api.Nested;

/** The contract with a peer in a service. That is a thread, so it can't die as a process does. */
class ServiceContractIT {

  abstract static class Contract extends HopConnections implements TransferContract, SocketPeers {

    @Override
    String[] hops() {
      return new String[] {"popen//id=hop"};
    }
  }

  @Nested
  class Direct extends Contract {

    @Override
    Transport transport(BootstrapLine line) {
      return SocketTesting.services(line);
    }

    @Override
    String far() {
      return SharedService.spec();
    }
  }

  @Nested
  class ThroughAHop extends Contract {

    @Override
    Transport transport(BootstrapLine line) {
      return new ServiceThrough(new ViaTransport(line));
    }

    @Override
    String far() {
      return SharedService.spec() + "//via=hop";
    }
  }
}
