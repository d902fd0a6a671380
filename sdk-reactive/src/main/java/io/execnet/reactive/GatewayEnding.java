package io.execnet.reactive;

import io.execnet.core.ExecnetException;
import io.execnet.core.ExitStatus;
import io.execnet.transport.Connection;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * How a gateway ends: once, because somebody asked for it or because it was lost. Its state is
 * changed on the event loop only.
 */
final class GatewayEnding {

  /** How long a killed or disconnected worker's end may take to be seen. */
  private static final Duration SEEN_WITHIN = Duration.ofSeconds(2);

  /** How long who takes what was printed may hold up the word that a worker has exited. */
  private static final Duration TAKEN_WITHIN = Duration.ofSeconds(1);

  private enum State {
    OPEN,
    EXITING,
    LOST
  }

  private final DefaultGateway gateway;
  private final Connection connection;
  private final Mono<Void> outputTaken;
  private final Runnable onGone;
  private final Sinks.Empty<Void> end = Sinks.empty();
  private final Sinks.One<GatewayEnd> gone = Sinks.one();

  private final Disposable.Composite timers = Disposables.composite();

  private volatile State state = State.OPEN;
  private boolean killed;
  private boolean broken;
  private boolean exitSeen;
  private boolean finished;
  private long exitingSince;
  private @Nullable ExecnetException endedBy;

  GatewayEnding(
      DefaultGateway gateway, Connection connection, Mono<Void> outputTaken, Runnable onGone) {
    this.gateway = gateway;
    this.connection = connection;
    this.outputTaken = outputTaken;
    this.onGone = onGone;
  }

  boolean isOpen() {
    return state == State.OPEN;
  }

  void checkOpen() {
    if (endedBy != null) {
      throw endedBy;
    }
  }

  /** Since when it has been asked to end and has not, by {@link System#nanoTime()}. */
  OptionalLong exitingSince() {
    return state == State.EXITING && !finished
        ? OptionalLong.of(exitingSince)
        : OptionalLong.empty();
  }

  /** Completes after an exit, fails after a loss. */
  Mono<Void> onEnd() {
    return end.asMono();
  }

  Mono<GatewayEnd> exit(Duration timeout) {
    return Mono.defer(
        () -> {
          gateway.threads().onLoop(() -> startExit(timeout));
          return gone.asMono();
        });
  }

  private void startExit(Duration timeout) {
    if (state == State.OPEN) {
      state = State.EXITING;
      exitingSince = System.nanoTime();
      endedBy = gateway.exitedException();
      gateway.engine().terminate();
      gateway.flush();
      gateway.endChannels(endedBy);
      gateway.readGate().stayOpen(); // for what the worker prints until it has ended
      connection
          .exitStatus()
          .singleOptional()
          .subscribe(status -> gateway.threads().onLoop(() -> exited(status.orElse(null))));
      if (!timeout.isZero()) {
        connection.close();
      }
    }
    if (state == State.EXITING) {
      after(timeout, this::kill);
    }
  }

  private void kill() {
    if (!killed) {
      killed = true;
      connection.kill();
      after(
          SEEN_WITHIN,
          () -> {
            if (!exitSeen) {
              exitEnded(GatewayEnd.Outcome.UNKNOWN, null);
            }
          });
    }
  }

  private void exited(@Nullable ExitStatus status) {
    exitSeen = true;
    boolean byForce = killed;
    // what it printed last may still be on its way here
    (byForce ? Mono.<Void>empty() : outputTaken.timeout(TAKEN_WITHIN).onErrorComplete())
        .doFinally(
            signal -> gateway.threads().onLoop(() -> exitEnded(outcome(status, byForce), status)))
        .subscribe();
  }

  private GatewayEnd.Outcome outcome(@Nullable ExitStatus status, boolean byForce) {
    if (status == null) {
      // without a status, only an orderly end of the stream tells that it has ended
      return byForce || broken ? GatewayEnd.Outcome.UNKNOWN : GatewayEnd.Outcome.EXITED;
    }
    return byForce && status.signal().isPresent()
        ? GatewayEnd.Outcome.KILLED
        : GatewayEnd.Outcome.EXITED;
  }

  private void exitEnded(GatewayEnd.Outcome outcome, @Nullable ExitStatus status) {
    if (!finished) {
      finished = true;
      timers.dispose();
      onGone.run();
      end.tryEmitEmpty();
      gone.tryEmitValue(ended(outcome, status));
    }
  }

  private void after(Duration delay, Runnable task) {
    if (delay.isZero()) {
      task.run();
    } else {
      timers.add(gateway.threads().loop().schedule(delay, task));
    }
  }

  /** The connection is of no more use; on the event loop only. */
  void lost(String what, @Nullable Throwable cause) {
    // The exit status says more than the end of the stream.
    lose(reason(what, cause), "the worker process ended", cause, cause != null);
  }

  /** The worker is of no more use, and killed; on the event loop only. */
  void condemn(String what, @Nullable Throwable cause) {
    String reason = reason(what, cause);
    lose(reason, reason, cause, true);
  }

  private static String reason(String what, @Nullable Throwable cause) {
    String why = cause == null ? null : cause.getMessage();
    return why == null ? what : what + ": " + why;
  }

  /**
   * Ends it. The engine's channels wait for the exit status.
   *
   * @param reasonWithStatus why, where there is an exit status, unless this may have brought it
   *     about
   */
  private void lose(
      String reason, String reasonWithStatus, @Nullable Throwable cause, boolean kill) {
    if (state != State.OPEN) {
      broken |= cause != null;
      return;
    }
    state = State.LOST;
    endedBy = gateway.lostException(reason, null, cause);
    if (kill) {
      connection.kill();
    }
    exitStatus(SEEN_WITHIN)
        .onErrorReturn(Optional.empty())
        .subscribe(
            status ->
                gateway
                    .threads()
                    .onLoop(
                        () ->
                            finishLost(
                                status.filter(it -> !(kill && wasKilled(it))).isPresent()
                                    ? reasonWithStatus
                                    : reason,
                                status.orElse(null),
                                cause)));
  }

  private static boolean wasKilled(ExitStatus status) {
    return status.signal().filter("SIGKILL"::equals).isPresent();
  }

  private void finishLost(String reason, @Nullable ExitStatus status, @Nullable Throwable cause) {
    ExecnetException error = gateway.lostException(reason, status, cause);
    endedBy = error;
    connection.kill();
    gateway.stopWatching();
    onGone.run();
    gateway.endChannels(error);
    end.tryEmitError(error);
    gone.tryEmitValue(ended(GatewayEnd.Outcome.LOST, status));
  }

  private Mono<Optional<ExitStatus>> exitStatus(Duration timeout) {
    return connection.exitStatus().singleOptional().timeout(timeout);
  }

  private GatewayEnd ended(GatewayEnd.Outcome outcome, @Nullable ExitStatus status) {
    return new GatewayEnd(gateway.id(), outcome, status);
  }
}
