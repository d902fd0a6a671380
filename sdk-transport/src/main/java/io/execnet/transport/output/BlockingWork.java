package io.execnet.transport.output;

import java.util.concurrent.Executor;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Where what may block runs, event loops being no place for it. The threads come and go with the
 * load.
 */
public final class BlockingWork {

  /** For what starts take, which is bounded in time. */
  public static final Scheduler STARTS = threads("shared-execnet-io");

  /** The same, for those who know nothing of schedulers. */
  public static final Executor EXECUTOR = STARTS::schedule;

  /** For the consumers of output, who may block for long, and then hold up no start. */
  public static final Scheduler OUTPUT = threads("shared-execnet-output");

  private BlockingWork() {}

  private static Scheduler threads(String name) {
    return Schedulers.newBoundedElastic(
        1_000, Schedulers.DEFAULT_BOUNDED_ELASTIC_QUEUESIZE, name, 60, true);
  }
}
