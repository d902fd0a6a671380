package io.execnet.transport.via;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.Hop;
import io.execnet.transport.OutputLine;
import io.execnet.transport.Transport;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.bootstrap.Bootstrap;
import io.execnet.transport.bootstrap.BootstrapLine;
import io.execnet.transport.output.BlockingWork;
import io.execnet.transport.output.OutputSink;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Has the worker of another gateway open a byte stream to an interpreter, and relay it: {@code
 * via=<id>}.
 */
public final class ViaTransport implements Transport {

  private final BootstrapLine bootstrap;

  /** Starts worker programs. */
  public ViaTransport() {
    this(BootstrapLine.worker());
  }

  ViaTransport(BootstrapLine bootstrap) {
    this.bootstrap = bootstrap;
    Forwarder.source(); // reads it, which an event loop must not
  }

  @Override
  public Mono<Connection> open(XSpec spec, String gatewayId, TransportOptions options) {
    // random numbers and the program's text are no work for an event loop
    return Mono.defer(() -> open(hop(spec, options), spec, gatewayId, options))
        .subscribeOn(BlockingWork.SCHEDULER);
  }

  private static Hop hop(XSpec spec, TransportOptions options) {
    String id = spec.via().orElseThrow();
    return options
        .hops()
        .apply(id)
        .orElseThrow(
            () ->
                new XSpecException(
                    "via=" + id + ": no gateway of that id is open here (in '" + spec + "')"));
  }

  private Mono<Connection> open(Hop hop, XSpec spec, String gatewayId, TransportOptions options) {
    FarEnd far = FarEnd.of(spec, options);
    String shown = far.shown() + ", through " + hop.id() + ",";
    String line = bootstrap.of(spec, gatewayId + "-worker", far.streams());
    OutputSink errors = new OutputSink(gatewayId, OutputLine.Stream.STDERR, options.output());
    long begin = System.nanoTime();
    return ViaConnection.open(hop, far, errors)
        .timeout(options.startTimeout(), Mono.error(() -> timedOut(shown, options)))
        .flatMap(
            raw -> {
              Duration left = options.startTimeout().minusNanos(System.nanoTime() - begin);
              return Bootstrap.start(raw, shown, line, far.streams().answer(), left)
                  .onErrorMap(BootstrapException.class, error -> far.explain(error, raw.exited()));
            })
        .doOnDiscard(ViaConnection.class, Connection::kill);
  }

  private static BootstrapException timedOut(String shown, TransportOptions options) {
    return new BootstrapException(
        Reason.TIMEOUT,
        shown
            + " could not be opened within "
            + options.startTimeout().toMillis()
            + " ms (startTimeout)",
        "",
        null);
  }
}
