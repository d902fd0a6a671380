package io.execnet.benchmarks.transport;

import io.execnet.reactive.GroupOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import reactor.core.scheduler.Schedulers;

/**
 * Gateways to a local worker end to end: over a Unix socket, over pipes, and stock execnet's own.
 * Arguments: the number of rounds, and a Python that can import execnet. In each round every
 * contender does the same work, one after the other, so that what disturbs the machine disturbs
 * all.
 */
public final class TransportBenchmark {

  private static final String DEFAULT_ROUNDS = "7";
  private static final int WARM_UP = 2;

  private TransportBenchmark() {}

  /** Runs it. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int rounds = Integer.parseInt(args.length > 0 ? args[0] : DEFAULT_ROUNDS);
    Optional<String> stock = StockMaster.python(args.length > 1 ? args[1] : null);
    List<Contender> contenders = new ArrayList<>();
    try {
      if (stock.isPresent()) {
        contenders.add(new StockMaster(stock.get(), "popen"));
      } else {
        System.out.println("No Python here can import execnet: without stock execnet then.");
      }
      String python = "popen//python=" + stock.orElse("python3");
      GroupOptions options = GroupOptions.defaults();
      contenders.add(new OurGateway("pipes", python + "//io=pipe", options));
      contenders.add(new OurGateway("Unix socket", python, options));
      contenders.add(
          new OurGateway("Unix socket, no credit", python, options.withUnboundedChannels()));
      contenders.add(
          new OurGateway(
              "Unix socket, on the event loop",
              python,
              options.withScheduler(Schedulers.immediate())));
      if (stock.isPresent()) {
        contenders.add(
            new OurGateway("Unix socket, stock worker", python + "//bootstrap=import", options));
      }
      Comparison.run(contenders, Workload.STREAMS, WARM_UP, rounds);
    } finally {
      for (Contender contender : contenders) {
        contender.close();
      }
    }
  }
}
