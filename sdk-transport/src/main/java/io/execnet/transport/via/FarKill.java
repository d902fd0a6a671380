package io.execnet.transport.via;

import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.Hop;
import io.execnet.transport.OutputLine;
import io.execnet.transport.output.OutputSink;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;

/** Runs a command on the hop that kills a process on another host. */
final class FarKill {

  private static final Logger LOG = Loggers.getLogger(FarKill.class);
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private FarKill() {}

  /** On subscription; whether it has been killed. */
  static Mono<Boolean> run(Hop hop, List<String> command) {
    OutputSink errors =
        new OutputSink(hop.id(), OutputLine.Stream.STDERR, line -> LOG.debug("kill: {}", line));
    return Mono.usingWhen(
            ViaConnection.open(hop, FarEnd.command(command), errors),
            connection -> {
              connection.start(ConnectionHandler.untilClosed(() -> {})); // its status says more
              return connection.exitStatus();
            },
            connection -> Mono.fromRunnable(connection::kill))
        .map(status -> status.code() == 0)
        .timeout(LIMIT)
        .doOnError(error -> LOG.debug("a process behind " + hop.id() + " was not killed", error))
        .onErrorReturn(false)
        .defaultIfEmpty(false);
  }
}
