package io.execnet.transport.ssh;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.transport.Credentials;
import io.execnet.transport.Handover;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Runs commands on hosts, each on a channel of a session that others may share. */
final class SshCommands {

  private final SshSessions sessions;
  private final EventLoopGroup loops;

  SshCommands(SshSessions sessions, EventLoopGroup loops) {
    this.sessions = sessions;
    this.loops = loops;
  }

  /**
   * Runs a command.
   *
   * @param errors gets what it writes to its standard error; for this command alone
   * @return the stream to it, or a {@link BootstrapException}
   */
  Mono<SshConnection> run(
      SshTarget target,
      Credentials credentials,
      String command,
      SshErrors errors,
      Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    return Mono.defer(() -> sessions.lease(target, credentials, left(deadline)))
        .flatMap(
            lease ->
                Handover.CONNECTIONS.within(
                    left(deadline),
                    () -> silent(target),
                    SshOpening.open(this, lease, command, loops.next(), errors)))
        // the server allows no more on that session, but perhaps on another
        .retryWhen(Retry.indefinitely().filter(SshOpening.FullException.class::isInstance));
  }

  private static Duration left(long deadline) {
    return Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
  }

  private static BootstrapException silent(SshTarget target) {
    return new BootstrapException(
        Reason.TIMEOUT,
        target.shown() + " opened no channel for a command in time (startTimeout)",
        "",
        null);
  }
}
