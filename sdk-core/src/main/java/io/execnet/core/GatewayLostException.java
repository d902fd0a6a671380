package io.execnet.core;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The connection to a worker ended while something still depended on it: its process died, or the
 * stream broke. Every open channel of that gateway ends with it; other gateways are not touched.
 */
public final class GatewayLostException extends ExecnetException {

  private static final long serialVersionUID = 1L;

  private final String gatewayId;
  private final transient @Nullable ExitStatus exitStatus;
  private final String standardError;

  /**
   * Creates the error.
   *
   * @param gatewayId the gateway that is lost
   * @param reason what was seen, like {@code "the worker process ended"}
   * @param exitStatus how the process ended, where that is known
   * @param standardError the end of what the worker wrote to its standard error, or an empty string
   * @param cause the I/O or protocol error behind it, where there was one
   */
  public GatewayLostException(
      String gatewayId,
      String reason,
      @Nullable ExitStatus exitStatus,
      String standardError,
      @Nullable Throwable cause) {
    super(describe(gatewayId, reason, exitStatus, standardError), cause);
    this.gatewayId = gatewayId;
    this.exitStatus = exitStatus;
    this.standardError = standardError;
  }

  /** The id of the gateway that is lost. */
  public String gatewayId() {
    return gatewayId;
  }

  /** How the worker's process ended; empty where it is unknown or there is no process. */
  public Optional<ExitStatus> exitStatus() {
    return Optional.ofNullable(exitStatus);
  }

  /** The end of what the worker wrote to its standard error; empty if it wrote nothing. */
  public String standardError() {
    return standardError;
  }

  private static String describe(
      String gatewayId, String reason, @Nullable ExitStatus exitStatus, String standardError) {
    StringBuilder text = new StringBuilder("gateway ").append(gatewayId).append(" lost: ");
    text.append(reason);
    if (exitStatus != null) {
      text.append(" (").append(exitStatus).append(')');
    }
    if (!standardError.isBlank()) {
      text.append("; standard error ended with:\n").append(standardError.strip());
    }
    return text.toString();
  }
}
