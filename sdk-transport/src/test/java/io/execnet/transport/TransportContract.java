package io.execnet.transport;

import static io.execnet.transport.PeerConnections.finish;
import static io.execnet.transport.PeerConnections.pattern;
import static io.execnet.transport.PeerConnections.value;
import static io.execnet.transport.PeerConnections.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.testing.Leftovers;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What every transport has to do. A transport's test implements {@link #open} with the peer program
 * at the other end, and inherits the tests. Where what a peer prints has a stream of its own, there
 * is {@link OutputContract} too.
 */
@Timeout(120)
public interface TransportContract extends TransferContract, EndContract {

  @Test
  default void servesManyConnectionsAtOnce() throws Exception {
    int count = 24;
    byte[] bytes = pattern(200_000);
    Mono<List<Received>> opened =
        Flux.range(0, count)
            .flatMap(i -> open(Map.of("PEER", "echo"), line -> {}), 8)
            .publishOn(Schedulers.boundedElastic())
            .map(
                connection -> {
                  Received received = Received.from(connection);
                  write(connection, bytes);
                  return received;
                })
            .collectList();
    List<Received> all = value(opened);
    for (Received received : all) {
      assertThat(received.awaitBytes(bytes.length)).isEqualTo(bytes);
    }
    for (Received received : all) {
      finish(received.connection(), received);
    }
  }

  @Test
  default void leavesNothingBehind() throws Exception {
    finishOne(); // whatever is shared and stays is there after the first
    Leftovers before = Leftovers.now();
    for (int i : IntStream.range(0, 5).toArray()) {
      finishOne();
      Connection killed = connect(killsThePeer() ? "stubborn" : "echo");
      Received received = Received.from(killed);
      killed.kill();
      received.awaitClosed();
      Connection unstarted = connect("echo");
      if (i % 2 == 0) {
        unstarted.close();
      } else {
        unstarted.kill();
      }
      unstarted.exitStatus().block(PATIENCE);
    }
    before.awaitNoMore();
  }

  private void finishOne() throws Exception {
    Connection connection = connect("echo");
    Received received = Received.from(connection);
    write(connection, new byte[100_000]);
    received.awaitBytes(100_000);
    finish(connection, received);
  }
}
