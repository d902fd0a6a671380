package io.execnet.transport.via;

import io.execnet.core.ExitStatus;
import io.execnet.transport.EventLoop;
import io.execnet.transport.ssh.OpenSshProcess;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * How the far end's process ended: the one that the hop started, or the one behind that, which then
 * is what counts. Its state lives on the event loop.
 */
final class FarExit {

  /** How long what it printed may take to come, and to be handed over, after it ended. */
  private static final Duration DRAIN = Duration.ofSeconds(1);

  private static final ExitStatus KILLED = new ExitStatus(128 + 9, "SIGKILL");

  private final EventLoop loop;
  private final FarErrors errors;
  private final @Nullable OpenSshProcess behind;
  private final CompletableFuture<@Nullable ExitStatus> drained = new CompletableFuture<>();
  private volatile @Nullable ExitStatus ofHop;
  private boolean closed;
  private boolean killing;
  private boolean told;

  FarExit(EventLoop loop, FarErrors errors, @Nullable OpenSshProcess behind) {
    this.loop = loop;
    this.errors = errors;
    this.behind = behind;
  }

  /** The hop's process has ended. */
  void onHop(ExitStatus status) {
    ofHop = status;
    if (behind == null || errors.isEnded()) {
      settle();
    } else {
      loop.schedule(DRAIN, this::settle); // it may be told there
    }
  }

  /** All of standard error has come. */
  void onErrorsEnded() {
    if (ofHop != null) {
      settle();
    }
  }

  /** Nothing more is told. */
  void onClosed() {
    closed = true;
    settle();
  }

  private void settle() {
    ExitStatus status = ofHop;
    if (status != null && behind != null) {
      status = behind.ended(status).orElse(null);
    }
    if (status != null || !killing) {
      tell(status);
    }
  }

  /** It is being killed where the hop's process does not tell of that. */
  void killing() {
    killing = true;
  }

  /** Whether that was done is known. */
  void killed(boolean done) {
    killing = false;
    if (done) {
      tell(KILLED);
    } else if (closed) {
      settle();
    }
  }

  /** This is how; null if that can't be known. Only the first counts. */
  void tell(@Nullable ExitStatus status) {
    if (told) {
      return;
    }
    told = true;
    if (status == null) {
      drained.complete(null);
    } else {
      errors
          .handedOver()
          .copy()
          .completeOnTimeout(null, DRAIN.toMillis(), TimeUnit.MILLISECONDS)
          .thenRun(() -> drained.complete(status));
    }
  }

  /** Whether it has ended. */
  boolean isTold() {
    return told;
  }

  /** How the process that the hop started has ended, if it has; any thread. */
  Optional<ExitStatus> ofHop() {
    return Optional.ofNullable(ofHop);
  }

  /** As {@link io.execnet.transport.Connection#exitStatus()}. */
  Mono<ExitStatus> status() {
    return Mono.fromFuture(drained, true);
  }
}
