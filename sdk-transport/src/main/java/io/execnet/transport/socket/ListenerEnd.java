package io.execnet.transport.socket;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.transport.Connection;
import io.execnet.transport.Deadline;
import io.execnet.transport.socket.SocketAddresses.HostAndPort;
import java.net.ConnectException;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Finds out whether somebody listens, of a server that says nothing when it ends. */
final class ListenerEnd {

  private static final Duration AGAIN = Duration.ofMillis(100);

  private ListenerEnd() {}

  /** Completes when nobody listens there any more; a {@link BootstrapException} where it stays. */
  static Mono<Void> await(
      TcpConnector connector, HostAndPort target, String shown, Deadline deadline) {
    return Mono.defer(() -> connector.connect(target, null, deadline, Duration.ZERO))
        .doOnNext(Connection::kill)
        .delayElement(AGAIN)
        .repeat() // until an error
        .then()
        .onErrorResume(ListenerEnd::isRefused, error -> Mono.empty())
        .timeout(deadline.left(), Mono.error(() -> stays(shown, deadline)));
  }

  private static boolean isRefused(Throwable error) {
    return error instanceof BootstrapException failed
        && failed.reason() == Reason.HOST_NOT_FOUND
        && failed.getCause() instanceof ConnectException;
  }

  private static BootstrapException stays(String shown, Deadline deadline) {
    return new BootstrapException(
        Reason.EXITED,
        shown
            + " closed the connection without a word, and still listened after "
            + deadline
            + ": it serves as many as it may, or wants something else of its clients",
        "",
        null);
  }
}
