package io.execnet.transport.ssh;

import io.execnet.transport.Credentials;

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
}
