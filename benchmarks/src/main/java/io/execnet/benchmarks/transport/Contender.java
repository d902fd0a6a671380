package io.execnet.benchmarks.transport;

import java.io.IOException;

/** A master with one open gateway. */
interface Contender extends AutoCloseable {

  String name();

  /** Whether there is a way to do that with it. */
  boolean does(Workload workload);

  /** Does all of the work once; gives the seconds that it took. */
  double seconds(Workload workload) throws IOException, InterruptedException;

  @Override
  void close() throws IOException;
}
