package io.execnet.reactive;

/** Something to do on a gateway's event loop for somebody who waits for its completion. */
@FunctionalInterface
interface LoopCommand {

  /** Runs on the event loop and, now or later, hands the last step to the result. */
  void start(Result result);

  /** Who waits. */
  interface Result {

    /** Runs the last step, unless nobody waits any more, and passes its success or error on. */
    void run(Runnable step);
  }
}
