package io.execnet.reactive;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * Asks the worker from time to time whether it is there (PING). Its state is changed on the event
 * loop only.
 */
final class Heartbeat {

  /** So often it is asked in the time that it may be silent. */
  private static final int BEATS = 2;

  /**
   * More bytes than the answers of that time have. Where the length of a frame was a lie, they are
   * taken for what it holds, so it takes more of it to be a frame that is still arriving.
   */
  private static final int SOME_BYTES = 64;

  private final DefaultGateway gateway;
  private final Duration silence;
  private @Nullable Disposable timer;
  private boolean stopped;
  private int unanswered;
  private long messages;
  private int bytes;

  /**
   * Creates one that does not beat yet.
   *
   * @param silence how long the worker may be silent
   */
  Heartbeat(DefaultGateway gateway, Duration silence) {
    this.gateway = gateway;
    this.silence = silence;
  }

  void start() {
    if (!silence.isZero() && gateway.capabilities().contains(Capability.PING)) {
      beat();
    }
  }

  /** So many bytes arrived: it is there if they end a frame, or are much of one. */
  void heard(int count) {
    bytes = Math.min(bytes + count, SOME_BYTES);
    if (bytes == SOME_BYTES || messages != gateway.engine().messages()) {
      messages = gateway.engine().messages();
      heard();
    }
  }

  /** Something was taken out of the transport, so it is there. */
  void heard() {
    unanswered = 0;
    bytes = 0;
  }

  private void beat() {
    if (stopped || !gateway.isOpen()) {
      return;
    }
    if (!gateway.readGate().isReading()) {
      unanswered = 0; // what it answers is not read
    } else if (unanswered == BEATS) {
      gateway.condemn(
          "the worker has not answered for %d ms (GroupOptions.ping): it is stopped, or its code keeps all others from running"
              .formatted(silence.toMillis()));
      return;
    }
    unanswered = Math.min(unanswered + 1, BEATS);
    gateway.engine().ping();
    gateway.flushLater();
    // counted from here: what came while this JVM stood still is read before the next
    timer = gateway.threads().loop().schedule(silence.dividedBy(BEATS), this::beat);
  }

  void stop() {
    stopped = true;
    if (timer != null) {
      timer.dispose();
    }
  }
}
