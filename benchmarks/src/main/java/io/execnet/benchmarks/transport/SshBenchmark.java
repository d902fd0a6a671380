package io.execnet.benchmarks.transport;

import io.execnet.reactive.GroupOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gateways over SSH end to end, through an OpenSSH server that it starts on the loopback: beside
 * stock execnet over OpenSSH's client, and that client with {@code cat} as the limit. Arguments:
 * the number of rounds, a Python that can import execnet, and the cipher for all.
 */
public final class SshBenchmark {

  private static final String DEFAULT_ROUNDS = "7";
  private static final String DEFAULT_CIPHER = "aes128-gcm@openssh.com";

  /** The JVM takes a gigabyte or so until it encrypts at its full speed. */
  private static final Duration WARM_UP = Duration.ofSeconds(10);

  /** How many gateways are opened at a time where that is what a row says. */
  private static final int AT_ONCE = 20;

  private final Optional<String> stock;
  private final String python;
  private final SshServer server;
  private final SshServer compressing;

  private SshBenchmark(Optional<String> stock, SshServer server, SshServer compressing) {
    this.stock = stock;
    this.python = stock.orElse("python3");
    this.server = server;
    this.compressing = compressing;
  }

  /** Runs it. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int rounds = Integer.parseInt(args.length > 0 ? args[0] : DEFAULT_ROUNDS);
    Optional<String> stock = StockMaster.python(args.length > 1 ? args[1] : null);
    String cipher = args.length > 2 ? args[2] : DEFAULT_CIPHER;
    if (stock.isEmpty()) {
      System.out.println("No Python here can import execnet: without stock execnet then.");
    }
    run(stock, cipher, List.of(Workload.OPEN), Workload.SSH_STREAMS, WARM_UP, rounds);
  }

  static void run(
      Optional<String> stock,
      String cipher,
      List<Workload> openings,
      List<Workload> streams,
      Duration warmUp,
      int rounds)
      throws IOException, InterruptedException {
    System.out.println("Cipher: " + cipher);
    try (SshServer server = SshServer.start(cipher, "no");
        SshServer compressing = SshServer.start(cipher, "yes")) {
      SshBenchmark benchmark = new SshBenchmark(stock, server, compressing);
      compare(benchmark::addOpeners, openings, warmUp, rounds);
      compare(benchmark::addStreamers, streams, warmUp, rounds);
    }
  }

  private interface Line {
    void up(List<Contender> contenders) throws IOException;
  }

  /** Closes those that have started, even if one can't start. */
  private static void compare(Line line, List<Workload> workloads, Duration warmUp, int rounds)
      throws IOException, InterruptedException {
    List<Contender> contenders = new ArrayList<>();
    try {
      line.up(contenders);
      Comparison.run(contenders, workloads, warmUp, rounds);
    } finally {
      for (Contender contender : contenders) {
        contender.close();
      }
    }
  }

  private void addOpeners(List<Contender> to) throws IOException {
    String spec = server.spec(python);
    if (stock.isPresent()) {
      String shared = server.specOfSharedConnection(python);
      String threads = ", " + AT_ONCE + " threads";
      to.add(new StockMaster(python, spec));
      to.add(new StockMaster(python, spec, threads, AT_ONCE));
      to.add(new StockMaster(python, shared, ", ControlMaster", 1));
      to.add(new StockMaster(python, shared, ", ControlMaster" + threads, AT_ONCE));
    }
    to.add(new OurOpenings("a session each", spec, 1, false));
    to.add(new OurOpenings("one session", spec, 1, true));
    to.add(new OurOpenings("one session, " + AT_ONCE + " at once", spec, AT_ONCE, true));
    to.add(new SshClient("ssh host true", server.arguments()));
  }

  private void addStreamers(List<Contender> to) throws IOException {
    if (stock.isPresent()) {
      to.add(new StockMaster(python, server.spec(python)));
      to.add(new StockMaster(python, compressing.spec(python), ", compressed", 1));
    }
    to.add(new OurGateway("over SSHD", server.spec(python), GroupOptions.defaults()));
    to.add(new SshClient("ssh host cat", server.arguments()));
  }
}
