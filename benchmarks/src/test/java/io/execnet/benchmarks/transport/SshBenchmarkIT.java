package io.execnet.benchmarks.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.benchmarks.transport.Workload.Kind;
import io.execnet.testing.Prerequisites;
import io.execnet.testing.StockExecnet;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** That every contender does every kind of work, and says so. */
class SshBenchmarkIT {

  private static final List<Workload> OPENINGS =
      List.of(new Workload("open", Kind.OPEN, Item.INT, 2));
  private static final List<Workload> STREAMS =
      List.of(
          new Workload("up", Kind.UPLOAD, Item.BYTES_64K, 3),
          new Workload("down", Kind.DOWNLOAD, Item.BYTES_64K, 3),
          new Workload("ints up", Kind.UPLOAD, Item.INT, 3),
          new Workload("ints down", Kind.DOWNLOAD, Item.INT, 3),
          new Workload("round trip", Kind.ROUND_TRIP, Item.INT, 3));

  @Test
  void everyWayHasARowForEachWorkload() throws Exception {
    Prerequisites.require(
        Files.isExecutable(Path.of("/usr/sbin/sshd"))
            && Files.isExecutable(Path.of("/usr/bin/ssh")),
        "install OpenSSH's server and client");
    String python = StockExecnet.newest().toString();
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      SshBenchmark.run(
          Optional.of(python), "aes128-gcm@openssh.com", OPENINGS, STREAMS, Duration.ZERO, 1);
    } finally {
      System.setOut(before);
    }
    assertThat(ways(printed, "open"))
        .containsExactly(
            "stock execnet 2.1.2",
            "stock execnet 2.1.2, 20 threads",
            "stock execnet 2.1.2, ControlMaster",
            "stock execnet 2.1.2, ControlMaster, 20 threads",
            "a session each",
            "one session",
            "one session, 20 at once",
            "ssh host true");
    for (Workload workload : STREAMS) {
      assertThat(ways(printed, workload.title()))
          .containsExactly(
              "stock execnet 2.1.2",
              "stock execnet 2.1.2, compressed",
              "over SSHD",
              "ssh host cat");
    }
  }

  private static Stream<String> ways(ByteArrayOutputStream table, String workload) {
    return table
        .toString(StandardCharsets.UTF_8)
        .lines()
        .filter(row -> row.startsWith("| " + workload + " |"))
        .map(row -> row.split(" \\| ")[1]);
  }
}
