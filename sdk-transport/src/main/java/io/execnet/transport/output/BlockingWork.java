package io.execnet.transport.output;

import java.util.concurrent.Executor;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Where transports run what may block, event loops being no place for it. */
public final class BlockingWork {

  /**
   * For starts, and for the consumers of output, who may block for long. So many threads that those
   * leave some for the others; they come and go with the load.
   */
  public static final Scheduler SCHEDULER =
      Schedulers.newBoundedElastic(
          1_000, Schedulers.DEFAULT_BOUNDED_ELASTIC_QUEUESIZE, "shared-execnet-io", 60, true);

  /** The same, for those who know nothing of schedulers. */
  public static final Executor EXECUTOR = SCHEDULER::schedule;

  private BlockingWork() {}
}
