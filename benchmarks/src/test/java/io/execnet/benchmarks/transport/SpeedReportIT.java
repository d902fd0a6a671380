package io.execnet.benchmarks.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.testing.Prerequisites;
import io.execnet.testing.StockExecnet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does all that the report does, of a few items each. */
class SpeedReportIT {

  @TempDir Path folder;

  private static List<Workload> few(List<Workload> workloads) {
    return workloads.stream()
        .map(it -> new Workload(it.title(), it.kind(), it.item(), Workload.AT_ONCE))
        .toList();
  }

  @Test
  void everyWayHasARowForEachWorkloadThatItDoes() throws Exception {
    Optional<String> stock = Optional.of(StockExecnet.newest().toString());
    Optional<String> peers = PythonPeers.python(Path.of("target", "python-peers"));
    Prerequisites.require(peers.isPresent(), "Python's venv module, and pip with a package index");
    List<Workload> streams = few(Workload.STREAMS);
    SpeedReport.run(stock, peers, true, Duration.ZERO, streams, few(Workload.CALLS), folder);

    for (Workload workload : Workload.STREAMS) {
      List<String> ways =
          new ArrayList<>(
              List.of(
                  "stock execnet 2.1.2",
                  "this SDK",
                  "this SDK, on the event loop",
                  "this SDK, pipes",
                  "this SDK, no credit",
                  "bare loops of Python"));
      if (workload.item().value() instanceof byte[]) {
        ways.add("bare loops of Python, a value each");
      }
      assertThat(ways(workload.title())).containsExactlyElementsOf(ways);
    }
    assertThat(ways("round trip of an int"))
        .contains("stock execnet 2.1.2", "this SDK", "JSON lines to a process")
        .contains("bare loops of Python", "Py4J", "gRPC");
    assertThat(ways("64 remote_exec at a time")).hasSize(5);
    for (Workload workload : List.of(Workload.START, Workload.OPEN)) {
      assertThat(ways(workload.title()))
          .containsExactly(
              "stock execnet 2.1.2", "this SDK", "this SDK, 20 at once", "python -c pass");
    }
    assertThat(Files.readString(folder.resolve("speed.svg"))).contains("<svg", "<path");
  }

  private Stream<String> ways(String workload) throws IOException {
    return Files.readAllLines(folder.resolve("speed.md")).stream()
        .filter(row -> row.startsWith("| " + workload + " |"))
        .map(row -> row.split(" \\| ")[1]);
  }
}
