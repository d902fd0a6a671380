package io.execnet.transport.via;

import io.execnet.reactive.SharedSshServer;
import io.execnet.testing.StockExecnet;
import io.execnet.transport.OutputContract;
import io.execnet.transport.TransportContract;
import org.junit.jupiter.api.Nested;

/** The contract with a peer that a hop's ssh client leads to. */
class ViaSshFarEndIT {

  abstract static class Contract extends HopConnections
      implements TransportContract, OutputContract {

    @Override
    String far() {
      return SharedSshServer.spec() + "//via=hop";
    }

    /** OpenSSH's window, and those of the forwarder. */
    @Override
    public int mostOnTheWay() {
      return 4 * 1024 * 1024;
    }

    @Override
    public boolean carriesStandardOutput() {
      return false; // that comes in frames
    }
  }

  @Nested
  class FromOurs extends Contract {
    @Override
    String[] hops() {
      return new String[] {"popen//id=hop"};
    }
  }

  @Nested
  class FromStock extends Contract {
    @Override
    String[] hops() {
      return new String[] {"popen//bootstrap=import//id=hop//python=" + StockExecnet.newest()};
    }
  }
}
