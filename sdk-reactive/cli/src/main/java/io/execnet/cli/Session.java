package io.execnet.cli;

import io.execnet.cli.GatewayOptions.Target;
import io.execnet.core.BootstrapException;
import io.execnet.reactive.Gateway;
import io.execnet.reactive.Group;
import io.execnet.reactive.GroupOptions;
import io.execnet.reactive.OpenResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/** The group of one command. Closing it ends the workers; on the way out of an error, at once. */
final class Session implements AutoCloseable {

  /** How long code that was interrupted may take, before its worker is killed. */
  private static final Duration TO_CLEAN_UP = Duration.ofSeconds(2);

  private final Group group;
  private final Disposable.Composite running = Disposables.composite();

  Session(Diagnostics diagnostics) {
    group = Group.create(GroupOptions.defaults().withOutput(diagnostics::output));
  }

  Group group() {
    return group;
  }

  /**
   * Opens them, many at the same time, but each after the one that it goes through.
   *
   * @param limit how long that may take, or null
   * @return the gateways in the order of the targets
   * @throws NotOpenedException for the first that could not be opened
   */
  List<Gateway> open(List<Target> targets, @Nullable Duration limit) {
    Map<String, Target> byId =
        targets.stream().collect(Collectors.toMap(Target::id, Function.identity()));
    Mono<Map<String, Gateway>> all =
        group
            .makeGateways(
                targets.stream().map(Target::spec).toList(), group.options().openConcurrency())
            .map(result -> opened(result, byId))
            .collectMap(Gateway::id);
    Map<String, Gateway> gateways =
        Objects.requireNonNull((limit == null ? all : all.timeout(limit)).block());
    return targets.stream()
        .map(target -> Objects.requireNonNull(gateways.get(target.id())))
        .toList();
  }

  private static Gateway opened(OpenResult result, Map<String, Target> targets) {
    if (result instanceof OpenResult.Failed failed) {
      throw new NotOpenedException(
          Objects.requireNonNull(targets.get(failed.id())), failed.error());
    }
    return result.orThrow();
  }

  /** Adds what is to be cancelled by {@link #interrupt}. */
  void runs(Disposable run) {
    running.add(run);
  }

  /**
   * Interrupts what runs, ends every worker, and kills those that it takes too long; any thread.
   */
  void interrupt() {
    running.dispose();
    end(TO_CLEAN_UP);
  }

  /** Ends every worker, and gives none of them time, unless they are being interrupted. */
  void kill() {
    if (!running.isDisposed()) {
      end(Duration.ZERO);
    }
  }

  private void end(Duration limit) {
    group.terminate(limit).block();
  }

  @Override
  public void close() {
    group.close();
  }

  /** A gateway could not be opened; the cause says why. */
  static final class NotOpenedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotOpenedException(Target target, Throwable cause) {
      super(
          cause instanceof BootstrapException
              ? cause.getMessage()
              : "can't open "
                  + target.id()
                  + " ("
                  + target.text()
                  + "): "
                  + Failures.message(cause),
          cause);
    }
  }
}
