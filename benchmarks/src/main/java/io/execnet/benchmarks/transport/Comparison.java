package io.execnet.benchmarks.transport;

import java.io.IOException;
import java.util.List;

/**
 * Lets every contender do every workload in every round, so that what disturbs one disturbs all.
 */
final class Comparison {

  private Comparison() {}

  /**
   * Prints a table; what the others are compared with comes first.
   *
   * @param warmUp rounds of each workload that do not count
   */
  static void run(
      List<? extends Contender> contenders, List<Workload> workloads, int warmUp, int rounds)
      throws IOException, InterruptedException {
    List<String> names = contenders.stream().map(Contender::name).toList();
    System.out.printf(
        "Java %s, %d processors, %d rounds after %d to warm up%n%n",
        Runtime.version(), Runtime.getRuntime().availableProcessors(), rounds, warmUp);
    System.out.printf("| what | way | times as fast as %s | median |%n", names.get(0));
    System.out.println("| --- | --- | --- | --- |");
    for (Workload workload : workloads) {
      RatioTable table = new RatioTable(workload, names);
      for (int round = -warmUp; round < rounds; round++) {
        for (int i = 0; i < contenders.size(); i++) {
          double seconds = contenders.get(i).seconds(workload);
          if (round >= 0) {
            table.add(i, seconds);
          }
        }
      }
      System.out.print(table.rows());
    }
  }
}
