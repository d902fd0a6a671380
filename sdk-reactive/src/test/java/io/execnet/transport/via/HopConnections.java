package io.execnet.transport.via;

import io.execnet.reactive.Group;
import io.execnet.reactive.GroupOptions;
import io.execnet.reactive.Hops;
import io.execnet.transport.Connection;
import io.execnet.transport.OutputLine;
import io.execnet.transport.PeerConnections;
import io.execnet.transport.PeerProgram;
import io.execnet.transport.Reports;
import io.execnet.transport.Transport;
import io.execnet.transport.bootstrap.BootstrapLine;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** Peers that gateways have a part in reaching. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class HopConnections implements PeerConnections {

  private @TempDir Path reportFolder;
  private final Reports reports = new Reports();
  private final Group group = Group.create(GroupOptions.defaults().withOutput(System.out::println));

  /** The specs of the gateways that lead there; the last has the id {@code hop}. */
  abstract String[] hops();

  /** What leads to the peer from there. */
  String far() {
    return "popen//via=hop//python=/usr/bin/python3";
  }

  /** What opens that, and then starts something with this line. */
  Transport transport(BootstrapLine line) {
    return new ViaTransport(line);
  }

  @BeforeAll
  void openHops() {
    for (String spec : hops()) {
      group.makeGateway(spec).block(PATIENCE);
    }
  }

  @AfterAll
  void closeHops() {
    group.close();
  }

  /** Not by standard error, which may be a frame or held back with the rest. */
  @Override
  public String said(Connection connection) {
    return reports.of(connection);
  }

  @Override
  public Mono<Connection> open(Map<String, String> environment, Consumer<OutputLine> output) {
    return reports.open(
        reportFolder,
        environment,
        all -> Hops.open(group, transport(PeerProgram.line(all)), far(), output));
  }
}
