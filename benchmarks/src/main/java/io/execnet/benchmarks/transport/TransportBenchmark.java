package io.execnet.benchmarks.transport;

import io.execnet.reactive.GroupOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import reactor.core.scheduler.Schedulers;

/**
 * Gateways to a local worker end to end: over a Unix socket, over pipes, and stock execnet's own.
 * Arguments: the number of rounds, and a Python that can import execnet. In each round every
 * contender does the same work, one after the other, so that what disturbs the machine disturbs
 * all.
 */
public final class TransportBenchmark {

  private static final int WARM_UP = 2;
  private static final String DEFAULT_ROUNDS = "7";

  private TransportBenchmark() {}

  /** Runs it. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int rounds = Integer.parseInt(args.length > 0 ? args[0] : DEFAULT_ROUNDS);
    Optional<String> stock = stockPython(args);
    List<Contender> contenders = new ArrayList<>();
    try {
      if (stock.isPresent()) {
        contenders.add(new StockMaster(stock.get()));
      } else {
        System.out.println("No Python here can import execnet: without stock execnet then.");
      }
      String python = "popen//python=" + stock.orElse("python3");
      GroupOptions options = GroupOptions.defaults();
      contenders.add(new OurGateway("pipes", python + "//io=pipe", options));
      contenders.add(new OurGateway("Unix socket", python, options));
      contenders.add(
          new OurGateway(
              "Unix socket, on the event loop",
              python,
              options.withScheduler(Schedulers.immediate())));
      if (stock.isPresent()) {
        contenders.add(
            new OurGateway("Unix socket, stock worker", python + "//bootstrap=import", options));
      }
      compare(contenders, rounds);
    } finally {
      for (Contender contender : contenders) {
        contender.close();
      }
    }
  }

  private static void compare(List<Contender> contenders, int rounds)
      throws IOException, InterruptedException {
    List<String> names = contenders.stream().map(Contender::name).toList();
    System.out.printf(
        "Java %s, %d processors, %d rounds after %d to warm up%n%n",
        Runtime.version(), Runtime.getRuntime().availableProcessors(), rounds, WARM_UP);
    System.out.printf("| what | way | times as fast as %s | median |%n", names.get(0));
    System.out.println("| --- | --- | --- | --- |");
    for (Workload workload : Workload.values()) {
      RatioTable table = new RatioTable(workload, names);
      for (int round = -WARM_UP; round < rounds; round++) {
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

  private static Optional<String> stockPython(String[] args) throws InterruptedException {
    List<String> candidates =
        args.length > 1
            ? List.of(args[1])
            : Stream.of("sdk-core/target/stock-venv/bin/python", "python3", "/usr/bin/python3")
                .toList();
    for (String python : candidates) {
      String command =
          python.startsWith("sdk-core") ? Path.of(python).toAbsolutePath().toString() : python;
      if (StockMaster.isIn(command)) {
        return Optional.of(command);
      }
    }
    return Optional.empty();
  }
}
