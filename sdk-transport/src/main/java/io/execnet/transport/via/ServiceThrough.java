package io.execnet.transport.via;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.spec.XSpec;
import io.execnet.core.worker.ServerProgram;
import io.execnet.transport.Connection;
import io.execnet.transport.Deadline;
import io.execnet.transport.Hop;
import io.execnet.transport.Transport;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.output.BlockingWork;
import io.execnet.transport.socket.ServiceTransport;
import io.execnet.transport.socket.SocketAddresses.HostAndPort;
import io.execnet.transport.socket.Token;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Starts workers in a service of the host that a gateway's worker runs on, and the service where it
 * does not run: {@code socketservice=port//via=id}.
 */
public final class ServiceThrough implements Transport {

  private static final String OK = "ok\t";
  private static final String ERROR = "error\t";

  private final ViaTransport through;

  /** Connects by this. */
  public ServiceThrough(ViaTransport through) {
    this.through = through;
  }

  @Override
  public Mono<Connection> open(XSpec spec, String gatewayId, TransportOptions options) {
    return Mono.defer(() -> ensure(spec, gatewayId, options)).subscribeOn(BlockingWork.STARTS);
  }

  private Mono<Connection> ensure(XSpec spec, String gatewayId, TransportOptions options) {
    Deadline deadline = Deadline.in(options.startTimeout());
    Hop hop = ViaTransport.hop("via", spec.via().orElseThrow(), spec, options);
    int port = ServiceTransport.port(spec);
    HostAndPort there = new HostAndPort("127.0.0.1", port);
    String lines = ServerProgram.serviceControlLines(List.of("ensure", Integer.toString(port)));
    // an interpreter of its own, so that the worker is not held up
    return Mono.usingWhen(
            ViaTransport.reach(hop, FarEnd.interpreter(spec), gatewayId, options, deadline),
            control -> FirstLine.answering(control, lines, deadline),
            control -> Mono.fromRunnable(control::kill))
        .map(answer -> token(answer, hop))
        .publishOn(BlockingWork.STARTS)
        .flatMap(
            token -> through.openServer(hop, there, token, spec, gatewayId, options, deadline));
  }

  private static Token token(String answer, Hop hop) {
    if (answer.startsWith(OK)) {
      return Token.of(answer.substring(OK.length()), "the service");
    }
    boolean known = answer.startsWith(ERROR);
    throw new BootstrapException(
        known ? Reason.SETUP_FAILED : Reason.UNEXPECTED_OUTPUT,
        (known ? answer.substring(ERROR.length()) : "no service, but: " + answer)
            + " (on "
            + hop.id()
            + ")",
        "",
        null);
  }
}
