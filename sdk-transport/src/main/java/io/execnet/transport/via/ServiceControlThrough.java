package io.execnet.transport.via;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.spec.XSpec;
import io.execnet.core.worker.ServerProgram;
import io.execnet.transport.Deadline;
import io.execnet.transport.Hop;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.bootstrap.Quoted;
import io.execnet.transport.output.BlockingWork;
import io.execnet.transport.socket.ServiceControl;
import java.nio.charset.StandardCharsets;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Does it on the host of a gateway's worker, which starts an interpreter for it, so that it is not
 * held up itself.
 */
public final class ServiceControlThrough implements ServiceControl {

  private final Hop hop;
  private final FarEnd interpreter;

  /** Starts the interpreter that the worker itself runs in. */
  public ServiceControlThrough(Hop hop) {
    this(hop, FarEnd.interpreter(XSpec.parse("popen//via=" + hop.id())));
  }

  ServiceControlThrough(Hop hop, FarEnd interpreter) {
    this.hop = hop;
    this.interpreter = interpreter;
  }

  @Override
  public Mono<List<String>> run(Deadline deadline, String... arguments) {
    TransportOptions options = new TransportOptions(deadline.left(), line -> {});
    return Mono.fromCallable(() -> ServerProgram.serviceControlLines(List.of(arguments)))
        .subscribeOn(BlockingWork.STARTS)
        .flatMap(
            lines ->
                Mono.usingWhen(
                    ViaTransport.reach(hop, interpreter, hop.id(), options, deadline),
                    control ->
                        Reply.whole(control, lines, "the interpreter on " + hop.id(), deadline),
                    control -> Mono.fromRunnable(control::kill)))
        .publishOn(BlockingWork.STARTS)
        .map(this::answer);
  }

  private List<String> answer(String written) {
    byte[] bytes = written.getBytes(StandardCharsets.UTF_8);
    String where = " (on " + hop.id() + ")";
    return ServiceControl.answer(written, where)
        .orElseThrow(
            () ->
                new BootstrapException(
                    Reason.UNEXPECTED_OUTPUT,
                    "no answer about services, but: " + Quoted.of(bytes, bytes.length) + where,
                    "",
                    null));
  }
}
