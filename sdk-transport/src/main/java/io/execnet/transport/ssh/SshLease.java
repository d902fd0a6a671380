package io.execnet.transport.ssh;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.client.session.ClientSession;

/** The right to use a shared session until it is released. */
final class SshLease {

  private final SshSessions sessions;
  private final SharedSession shared;
  private final AtomicBoolean released = new AtomicBoolean();

  SshLease(SshSessions sessions, SharedSession shared) {
    this.sessions = sessions;
    this.shared = shared;
  }

  ClientSession session() {
    return shared.connect().ready().join();
  }

  SharedSession shared() {
    return shared;
  }

  /** The error that a gateway gets whose session has ended under it. */
  Throwable loss() {
    SshAttempt attempt = shared.connect().attempt();
    return attempt == null ? new IOException("never connected") : SshFailures.lost(attempt);
  }

  /** The server opens no more channels on this session than it has. */
  boolean full() {
    return sessions.full(shared);
  }

  /** Gives it back; the last one closes the session. Any number of times. */
  void release() {
    if (released.compareAndSet(false, true)) {
      sessions.leave(shared);
    }
  }
}
