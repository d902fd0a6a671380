package io.execnet.benchmarks.transport;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongUnaryOperator;

/** A function of a Python process that gives back its argument, called by other means than ours. */
abstract class CallPeer implements Contender {

  private static final EnumSet<Workload.Kind> KINDS =
      EnumSet.of(Workload.Kind.ROUND_TRIP, Workload.Kind.TAIL, Workload.Kind.PIPELINE);

  private final String name;
  private final LineProcess process;
  private final ExecutorService callers = Executors.newFixedThreadPool(Workload.AT_ONCE);

  /** The port that its process has printed. */
  final int port;

  CallPeer(String name, List<String> command) throws IOException {
    this.name = name;
    process = new LineProcess(command);
    port = Integer.parseInt(process.read());
  }

  /** Blocks until the answer is there. */
  abstract long call(long argument);

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean does(Workload workload) {
    return KINDS.contains(workload.kind());
  }

  @Override
  public double seconds(Workload workload) throws InterruptedException {
    if (workload.kind() != Workload.Kind.PIPELINE) {
      Laps laps = new Laps(workload.count());
      calls(0, workload.count(), this::call, laps::next);
      return laps.seconds(workload.kind());
    }
    long begin = System.nanoTime();
    atOnce(workload.count());
    return (System.nanoTime() - begin) / 1e9;
  }

  private void atOnce(int count) throws InterruptedException {
    int each = count / Workload.AT_ONCE;
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < Workload.AT_ONCE; i++) {
      int first = i * each;
      all.add(callers.submit(() -> calls(first, each, this::call, () -> {})));
    }
    for (Future<?> one : all) {
      try {
        one.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void calls(long first, int count, LongUnaryOperator function, Runnable afterEach) {
    for (long i = first; i < first + count; i++) {
      if (function.applyAsLong(i) != i) {
        throw new IllegalStateException("another answer than " + i);
      }
      afterEach.run();
    }
  }

  @Override
  public void close() throws IOException {
    callers.shutdown();
    process.close();
  }
}
