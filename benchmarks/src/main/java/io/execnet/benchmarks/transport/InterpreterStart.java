package io.execnet.benchmarks.transport;

import java.io.IOException;

/** The least that a start can take: an interpreter that does nothing. */
final class InterpreterStart implements Contender {

  private final String python;

  InterpreterStart(String python) {
    this.python = python;
  }

  @Override
  public String name() {
    return "python -c pass";
  }

  @Override
  public boolean does(Workload workload) {
    return workload.kind() == Workload.Kind.OPEN || workload.kind() == Workload.Kind.START;
  }

  @Override
  public double seconds(Workload workload) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    for (int i = 0; i < workload.count(); i++) {
      new ProcessBuilder(python, "-c", "pass").start().waitFor();
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  @Override
  public void close() {}
}
