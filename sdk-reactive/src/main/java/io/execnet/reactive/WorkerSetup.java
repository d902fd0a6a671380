package io.execnet.reactive;

import io.execnet.core.BootstrapException;
import io.execnet.core.RemoteException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.Handover;
import java.util.HashMap;
import java.util.Map;
import reactor.core.publisher.Mono;

/** What a spec asks of a worker once it runs: {@code env:}, {@code chdir}, {@code nice}. */
final class WorkerSetup {

  private WorkerSetup() {}

  /** Sets the worker up, and kills it where that fails. */
  static Mono<Gateway> apply(DefaultGateway gateway) {
    XSpec spec = gateway.spec();
    Map<String, Object> arguments = new HashMap<>();
    arguments.put("env", spec.env());
    arguments.put("chdir", spec.chdir().orElse(null));
    arguments.put("nice", spec.nice().isPresent() ? spec.nice().getAsInt() : null);
    boolean asked = !spec.env().isEmpty() || spec.chdir().isPresent() || spec.nice().isPresent();
    Mono<Void> asAsked =
        asked
            ? gateway.remoteExec(WorkerScripts.SETUP).function("setup", arguments).run()
            : Mono.empty();
    Mono<Gateway> setup =
        gateway
            .ready()
            .timeout(gateway.options().startTimeout(), Mono.error(WorkerSetup::silent))
            .then(asAsked)
            .thenReturn((Gateway) gateway)
            .onErrorMap(RemoteException.class, WorkerSetup::failed)
            .onErrorResume(error -> gateway.kill().then(Mono.error(error)));
    return Handover.holding(gateway::killNow, setup);
  }

  private static BootstrapException silent() {
    return new BootstrapException(
        BootstrapException.Reason.TIMEOUT, "the worker answered, but said no HELLO", "", null);
  }

  private static BootstrapException failed(RemoteException error) {
    return new BootstrapException(
        BootstrapException.Reason.SETUP_FAILED,
        "the worker could not be set up as the spec says: " + error.getMessage(),
        "",
        error);
  }
}
