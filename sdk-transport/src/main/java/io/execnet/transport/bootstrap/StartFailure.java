package io.execnet.transport.bootstrap;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.ExitStatus;
import io.execnet.core.worker.WorkerProgram;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds out why a worker did not start, from all that was seen of the other end. */
public final class StartFailure {

  /** Shells, env and pyenv's shims end with this where they don't find the command. */
  private static final int COMMAND_NOT_FOUND = 127;

  private StartFailure() {}

  /**
   * Names the reason.
   *
   * @param shown what was started or reached, as people name it
   * @param unexpected what came instead of the answer, quoted; empty if nothing did
   * @param status how the process ended by itself, or null if it had not when it was given up
   */
  public static BootstrapException of(
      String shown,
      Duration timeout,
      String unexpected,
      @Nullable ExitStatus status,
      String standardError) {
    Optional<String> old = WorkerProgram.tooOld(standardError);
    if (old.isPresent()) {
      return error(
          Reason.INTERPRETER_TOO_OLD,
          shown + " is Python " + old.get() + ", a worker needs 3.6 or newer",
          "");
    }
    Optional<String> noExecnet = WorkerProgram.noExecnet(standardError);
    if (noExecnet.isPresent()) {
      return error(
          Reason.EXITED,
          shown + " has no execnet, which bootstrap=import needs: " + noExecnet.get(),
          standardError);
    }
    if (!unexpected.isEmpty()) {
      return error(
          Reason.UNEXPECTED_OUTPUT,
          shown + " wrote something else before the worker program answered: " + unexpected,
          standardError);
    }
    if (status == null) {
      return error(
          Reason.TIMEOUT,
          shown + " did not answer within " + timeout.toMillis() + " ms (startTimeout)",
          standardError);
    }
    if (status.code() == COMMAND_NOT_FOUND) {
      return error(Reason.INTERPRETER_NOT_FOUND, shown + " found no such command", standardError);
    }
    return error(
        Reason.EXITED,
        shown + " ended with " + status + " before the worker program answered",
        standardError);
  }

  /**
   * Names the reason where other text may come before the answer, so that it is the reason only if
   * nothing else is known. The parameters are those of {@link #of}.
   */
  public static BootstrapException amongNoise(
      String shown,
      Duration timeout,
      String noise,
      @Nullable ExitStatus status,
      String standardError) {
    if (status == null || noise.isEmpty()) {
      return of(shown, timeout, noise, status, standardError);
    }
    String both = standardError.isBlank() ? noise : noise + "\n" + standardError;
    return of(shown, timeout, "", status, both);
  }

  private static BootstrapException error(Reason reason, String message, String standardError) {
    return new BootstrapException(reason, message, standardError, null);
  }
}
