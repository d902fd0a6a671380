package io.execnet.transport;

import java.util.concurrent.Executor;

/** The single thread on which a connection calls its handler and expects to be called. */
public interface EventLoop extends Executor {

  /** Whether the calling thread is this loop's. */
  boolean inEventLoop();
}
