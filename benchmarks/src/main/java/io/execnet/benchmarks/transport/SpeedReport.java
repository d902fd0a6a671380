package io.execnet.benchmarks.transport;

import io.execnet.reactive.GroupOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Local gateways end to end, beside all that they can be compared with: stock execnet on both ends,
 * what is written by hand, and what Python and the system allow. In each round every contender does
 * the same work, one after the other, so that what disturbs the machine disturbs all; before that
 * each warms up, as the compilers of a JVM take seconds to be through with what is new to them.
 * Arguments: {@code --quick} for fewer rounds of less work, and the folder for the results.
 */
public final class SpeedReport {

  private static final int OPENINGS_AT_ONCE = 20;
  private static final Path PEERS = Path.of("benchmarks", "target", "python-peers");

  private final List<RatioTable> tables = new ArrayList<>();
  private final Optional<String> stock;
  private final Optional<String> peers;
  private final boolean quick;

  private SpeedReport(Optional<String> stock, Optional<String> peers, boolean quick) {
    this.stock = stock;
    this.peers = peers;
    this.quick = quick;
  }

  /** Runs it. */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(args));
    boolean quick = arguments.remove("--quick");
    Path folder = Path.of(arguments.isEmpty() ? "benchmarks/results" : arguments.get(0));
    Optional<String> stock = StockMaster.python(null);
    if (stock.isEmpty()) {
      System.out.println(
          "No Python here can import execnet: without stock execnet then."
              + " `python3 -m pip install execnet` would help.");
    }
    Optional<String> peers = PythonPeers.python(PEERS);
    Duration warmUp = quick ? Duration.ofMillis(800) : Duration.ofSeconds(4);
    run(stock, peers, quick, warmUp, Workload.STREAMS, Workload.CALLS, folder);
  }

  static void run(
      Optional<String> stock,
      Optional<String> peers,
      boolean quick,
      Duration warmUp,
      List<Workload> streams,
      List<Workload> calls,
      Path folder)
      throws IOException, InterruptedException {
    SpeedReport report = new SpeedReport(stock, peers, quick);
    List<Workload> open = new ArrayList<>(streams);
    open.addAll(calls);
    String title = report.compare(report::addOpen, open, warmUp);
    report.compare(report::addOpeners, List.of(Workload.START, Workload.OPEN), warmUp);
    Files.createDirectories(folder);
    StringBuilder text = new StringBuilder(title).append('\n');
    report.tables.forEach(table -> text.append(table.rows()));
    Files.writeString(folder.resolve("speed.md"), text);
    SpeedChart.write(report.tables, folder.resolve("speed.svg"));
  }

  private interface Line {
    void up(List<Contender> contenders) throws IOException;
  }

  private String compare(Line line, List<Workload> workloads, Duration warmUp)
      throws IOException, InterruptedException {
    int rounds = quick ? 3 : 7;
    List<Contender> contenders = new ArrayList<>();
    try {
      line.up(contenders);
      List<Workload> sized = workloads.stream().map(it -> quick ? it.percent(20) : it).toList();
      tables.addAll(Comparison.run(contenders, sized, warmUp, rounds));
      return Comparison.heading(contenders.get(0), warmUp, rounds);
    } finally {
      for (Contender contender : contenders) {
        contender.close();
      }
    }
  }

  private String python() {
    return stock.orElse("python3");
  }

  private void addOpen(List<Contender> to) throws IOException {
    if (stock.isPresent()) {
      to.add(new StockMaster(python(), "popen"));
    }
    GroupOptions options = GroupOptions.defaults();
    String spec = "popen//python=" + python();
    to.add(new OurGateway(SpeedChart.OURS, spec, options));
    to.add(OurGateway.onEventLoop("this SDK, on the event loop", spec));
    to.add(new OurGateway("this SDK, pipes", spec + "//io=pipe", options));
    to.add(new OurGateway("this SDK, no credit", spec, options.withUnboundedChannels()));
    to.add(new JsonLines(python()));
    if (peers.isPresent()) {
      to.add(new Py4jPeer(peers.get()));
      to.add(new GrpcPeer(peers.get()));
    }
    to.add(JobProcess.limits(python()));
    to.add(JobProcess.limitsOfValues(python()));
  }

  private void addOpeners(List<Contender> to) throws IOException {
    if (stock.isPresent()) {
      to.add(new StockMaster(python(), "popen"));
    }
    String spec = "popen//python=" + python();
    to.add(new OurOpenings(SpeedChart.OURS, spec, 1, false));
    to.add(
        new OurOpenings(
            "this SDK, " + OPENINGS_AT_ONCE + " at once", spec, OPENINGS_AT_ONCE, false));
    to.add(new InterpreterStart(python()));
  }
}
