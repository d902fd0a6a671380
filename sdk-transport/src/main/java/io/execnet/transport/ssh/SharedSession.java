package io.execnet.transport.ssh;

import io.execnet.transport.Credentials;
import java.util.concurrent.CompletableFuture;
import org.apache.sshd.client.session.ClientSession;

/** A session that gateways share. What changes is guarded by the {@link SshSessions}. */
final class SharedSession {

  /** What gateways have to agree on to share one. */
  record Key(SshTarget target, Credentials credentials) {}

  private final Key key;
  private final SshConnect connect;
  int leases;
  int limit = Integer.MAX_VALUE;

  SharedSession(Key key, SshConnect connect) {
    this.key = key;
    this.connect = connect;
  }

  Key key() {
    return key;
  }

  SshConnect connect() {
    return connect;
  }

  /** Whether a gateway can still be opened on it: it may be full, or about to end. */
  boolean takesMore() {
    CompletableFuture<ClientSession> ready = connect.ready();
    boolean ending =
        ready.isCompletedExceptionally() || (ready.isDone() && ready.join().isClosing());
    return !ending && leases < limit;
  }
}
