package io.execnet.cli;

import io.execnet.cli.GatewayOptions.Target;
import io.execnet.core.BootstrapException;
import io.execnet.reactive.Gateway;
import io.execnet.reactive.Group;
import io.execnet.reactive.GroupOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The group of one command. Closing it ends the workers; on the way out of an error, at once. */
final class Session implements AutoCloseable {

  private final Group group;

  Session(Diagnostics diagnostics) {
    group = Group.create(GroupOptions.defaults().withOutput(diagnostics::output));
  }

  Group group() {
    return group;
  }

  /**
   * Opens all of them at the same time, but each after the one that it goes through.
   *
   * @param limit how long that may take, or null
   * @return the gateways in the order of the targets
   * @throws NotOpenedException for the first that could not be opened
   */
  List<Gateway> open(List<Target> targets, @Nullable Duration limit) {
    Map<String, Mono<Gateway>> hops = new HashMap<>();
    List<Mono<Gateway>> opening = new ArrayList<>();
    for (Target target : targets) {
      Mono<Gateway> open =
          group
              .makeGateway(target.spec())
              .onErrorMap(error -> new NotOpenedException(target, error));
      Optional<Mono<Gateway>> hop =
          target.spec().via().or(() -> target.spec().installvia()).map(hops::get);
      Mono<Gateway> afterHop = hop.map(h -> h.then(open)).orElse(open);
      boolean isHop = targets.stream().anyMatch(other -> goesThrough(other, target.id()));
      opening.add(isHop ? afterHop.cache() : afterHop);
      hops.put(target.id(), opening.get(opening.size() - 1));
    }
    Mono<List<Gateway>> all =
        Flux.fromIterable(opening).flatMapSequential(o -> o, opening.size(), 1).collectList();
    List<Gateway> gateways = (limit == null ? all : all.timeout(limit)).block();
    return gateways == null ? List.of() : gateways;
  }

  private static boolean goesThrough(Target target, String id) {
    return target.spec().via().filter(id::equals).isPresent()
        || target.spec().installvia().filter(id::equals).isPresent();
  }

  /** Ends every worker, and gives none of them time. */
  void kill() {
    group.terminate(Duration.ZERO).block();
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
