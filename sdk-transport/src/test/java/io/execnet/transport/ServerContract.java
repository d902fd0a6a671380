package io.execnet.transport;

import static io.execnet.transport.PeerConnections.write;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The contract with a peer that a socket server made a process for. */
public interface ServerContract extends TransportContract, SocketPeers {

  @Test
  default void handsOverTheLastWordsAfterClose() throws Exception {
    Connection connection = connect("echo");
    Received received = Received.counting(connection);
    write(connection, new byte[1_000_000]);
    connection.close();
    assertThat(received.awaitClosed()).isEmpty();
    assertThat(received.count()).isEqualTo(1_000_000);
    assertThat(connection.exitStatus().blockOptional(PATIENCE)).isEmpty();
  }
}
