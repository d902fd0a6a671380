package io.execnet.transport.via;

import io.execnet.reactive.Gateway;
import io.execnet.reactive.Group;
import io.execnet.reactive.Hops;
import io.execnet.testing.Leftovers;
import io.execnet.testing.StockExecnet;
import io.execnet.transport.Connection;
import io.execnet.transport.PeerProgram;
import io.execnet.transport.bootstrap.BootstrapLine;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A hop ends right after it was told to kill a process that takes no notice of anything else. */
class HopEndIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @BeforeAll
  static void openOnce() {
    // the JVM keeps what its first gateway needs
    try (Group group = Group.create()) {
      group.makeGateway().block(PATIENCE);
    }
  }

  static Stream<String> hops() {
    return Stream.of(
        "popen",
        "popen//execmodel=main_thread_only",
        "popen//execmodel=gevent//python=" + StockExecnet.newest(),
        "popen//execmodel=eventlet//python=" + StockExecnet.newest(),
        "popen//bootstrap=import//python=" + StockExecnet.newest(),
        "popen//bootstrap=import//python=" + StockExecnet.debian());
  }

  @ParameterizedTest
  @MethodSource("hops")
  void kills(String spec) {
    Leftovers before = Leftovers.now();
    try (Group group = Group.create()) {
      Gateway hop = group.makeGateway(spec + "//id=hop").blockOptional(PATIENCE).orElseThrow();
      BootstrapLine line = PeerProgram.line(Map.of("PEER", "stubborn"));
      Connection connection =
          Hops.open(
                  group,
                  new ViaTransport(line),
                  "popen//via=hop//python=/usr/bin/python3",
                  output -> {})
              .blockOptional(PATIENCE)
              .orElseThrow();
      connection.kill();
      hop.exit().block(PATIENCE);
    }
    before.awaitNoMore();
  }
}
