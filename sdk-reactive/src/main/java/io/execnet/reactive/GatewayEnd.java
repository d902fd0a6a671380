package io.execnet.reactive;

import io.execnet.core.ExitStatus;
import org.jspecify.annotations.Nullable;

/**
 * How a gateway ended.
 *
 * @param gatewayId which gateway
 * @param outcome what it took
 * @param exitStatus how the worker's process ended, or null where there is none or it is unknown
 */
public record GatewayEnd(String gatewayId, Outcome outcome, @Nullable ExitStatus exitStatus) {

  /** What it took to end a gateway. */
  public enum Outcome {
    /** The worker ended by itself when it was asked to. */
    EXITED,
    /** The worker did not end in time and was killed. */
    KILLED,
    /** The gateway had been lost before. */
    LOST,
    /**
     * Its end was not seen: the connection broke before, or the worker did not end in time, and
     * there is nothing that could kill it (behind a socket), or that told within two further
     * seconds that it was killed.
     */
    UNKNOWN
  }
}
