package io.execnet.transport.ssh;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.sshd.common.SshException;
import org.jspecify.annotations.Nullable;

/** Says why there is no session, or none any more. */
final class SshFailures {

  /** What SSHD says when the session ended under it, which is no reason. */
  private static final String ENDED = "Session is";

  private SshFailures() {}

  static BootstrapException unreachable(SshTarget target, String why, @Nullable Throwable cause) {
    String through = target.via().map(it -> " through " + it.shown()).orElse("");
    return new BootstrapException(
        Reason.HOST_NOT_FOUND,
        "can't reach the SSH server " + target.address() + through + ": " + why,
        "",
        cause);
  }

  /** An attempt failed with this error. */
  static BootstrapException of(SshAttempt attempt, @Nullable Throwable error) {
    BootstrapException refused = attempt.refused();
    if (refused != null) {
      return refused;
    }
    Throwable first = attempt.failure();
    Throwable cause = first != null ? first : peel(error);
    return switch (attempt.phase()) {
      case CONNECTING -> unreachable(attempt.target(), message(cause), cause);
      case NEGOTIATING ->
          unreachable(attempt.target(), "no SSH session with it: " + message(cause), cause);
      case AUTHENTICATING -> notAuthenticated(attempt, cause);
    };
  }

  /** An attempt was given up. */
  static BootstrapException timedOut(SshAttempt attempt, Duration timeout, String option) {
    String limit = timeout.toMillis() + " ms (" + option + ")";
    return switch (attempt.phase()) {
      case CONNECTING ->
          unreachable(attempt.target(), "it took no connection within " + limit, null);
      case NEGOTIATING ->
          unreachable(attempt.target(), "it answered nothing that SSH needs within " + limit, null);
      case AUTHENTICATING ->
          new BootstrapException(
              Reason.TIMEOUT,
              attempt.target().shown() + " did not let us in within " + limit,
              "",
              null);
    };
  }

  /** A server refused a command. */
  static BootstrapException notRun(SshTarget target) {
    return new BootstrapException(
        Reason.EXITED, target.shown() + " runs no command for us: the server refused it", "", null);
  }

  private static BootstrapException notAuthenticated(
      SshAttempt attempt, @Nullable Throwable cause) {
    StringBuilder message =
        new StringBuilder(attempt.target().shown()).append(" did not let us in");
    message.append(attempt.tried().isEmpty() ? "; nothing could be tried" : "; tried ");
    message.append(String.join(", ", attempt.tried()));
    if (!attempt.skipped().isEmpty()) {
      message.append("; could not try ").append(String.join(", ", attempt.skipped()));
    }
    if (!attempt.allowed().isEmpty()) {
      message.append("; the server takes ").append(attempt.allowed());
    }
    if (cause != null && cause.getMessage() != null && !isUsual(cause.getMessage())) {
      message.append("; ").append(message(cause));
    }
    return new BootstrapException(Reason.AUTHENTICATION_REFUSED, message.toString(), "", cause);
  }

  private static boolean isUsual(String message) {
    return message.startsWith("No more authentication methods") || message.startsWith(ENDED);
  }

  /** What to call the end of an open session that nobody asked for. */
  static IOException lost(SshAttempt attempt) {
    Throwable failure = attempt.failure();
    String why =
        failure == null
            ? "the connection ended"
            : failure instanceof SshException && message(failure).contains("heartbeat")
                ? "it has not answered for " + silence(attempt.target()) + " (keep-alive)"
                : message(failure);
    return new IOException(
        "lost the SSH connection to " + attempt.target().shown() + ": " + why, failure);
  }

  private static String silence(SshTarget target) {
    return target.aliveInterval().multipliedBy(target.aliveCount() + 1L).toMillis() + " ms";
  }

  private static @Nullable Throwable peel(@Nullable Throwable error) {
    Throwable inner = error;
    while (inner instanceof ExecutionException && inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner;
  }

  private static String message(@Nullable Throwable cause) {
    if (cause == null || cause.getMessage() == null || cause.getMessage().startsWith(ENDED)) {
      return "it closed the connection";
    }
    return ServerText.readable(cause.getMessage());
  }
}
