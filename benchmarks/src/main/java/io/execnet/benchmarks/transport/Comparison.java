package io.execnet.benchmarks.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets every contender do every workload in every round, so that what disturbs one disturbs all.
 */
final class Comparison {

  private Comparison() {}

  /**
   * Prints a table as it goes; what the others are compared with comes first.
   *
   * @param warmUp for so long each contender does each workload before any counts
   */
  static List<RatioTable> run(
      List<? extends Contender> contenders, List<Workload> workloads, Duration warmUp, int rounds)
      throws IOException, InterruptedException {
    System.out.println(heading(contenders.get(0), warmUp, rounds));
    List<RatioTable> tables = new ArrayList<>();
    for (Workload workload : workloads) {
      RatioTable table = measure(contenders, workload, warmUp, rounds);
      System.out.print(table.rows());
      tables.add(table);
    }
    return tables;
  }

  static String heading(Contender first, Duration warmUp, int rounds) {
    return """
    Java %s, %d processors, %d rounds, each way %.1f s to warm up

    | what | way | times as fast as %s | median |
    | --- | --- | --- | --- |"""
        .formatted(
            Runtime.version(),
            Runtime.getRuntime().availableProcessors(),
            rounds,
            warmUp.toMillis() / 1e3,
            first.name());
  }

  private static RatioTable measure(
      List<? extends Contender> all, Workload workload, Duration warmUp, int rounds)
      throws IOException, InterruptedException {
    List<? extends Contender> contenders =
        all.stream().filter(contender -> contender.does(workload)).toList();
    for (Contender contender : contenders) {
      long begin = System.nanoTime();
      while (System.nanoTime() - begin < warmUp.toNanos()) {
        contender.seconds(workload);
      }
    }
    RatioTable table = new RatioTable(workload, contenders.stream().map(Contender::name).toList());
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < contenders.size(); i++) {
        table.add(i, contenders.get(i).seconds(workload));
      }
    }
    return table;
  }
}
