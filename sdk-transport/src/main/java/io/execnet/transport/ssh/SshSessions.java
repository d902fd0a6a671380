package io.execnet.transport.ssh;

import io.execnet.transport.Credentials;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The sessions that are open or being opened. Gateways to the same place share one; where a server
 * allows too few channels on it, they get another. The last to leave closes it.
 */
final class SshSessions {

  private final Map<SharedSession.Key, List<SharedSession>> sessions = new HashMap<>();

  /**
   * A place on a session that is logged in. A cancel gives it back.
   *
   * @param timeout how long this subscriber waits; others may wait longer for the same session
   * @return a lease, or a {@link io.execnet.core.BootstrapException}
   */
  Mono<SshLease> lease(SshTarget target, Credentials credentials, Duration timeout) {
    return Mono.<SshLease>create(
            sink -> {
              SshLease lease = join(new SharedSession.Key(target, credentials));
              SshConnect connect = lease.shared().connect();
              // to give the lease back can end the attempt, which is no news then
              AtomicBoolean decided = new AtomicBoolean();
              Runnable late =
                  () -> {
                    if (decided.compareAndSet(false, true)) {
                      sink.error(connect.timedOut(timeout));
                      lease.release();
                    }
                  };
              sink.onDispose(
                  Schedulers.parallel().schedule(late, timeout.toMillis(), TimeUnit.MILLISECONDS));
              sink.onCancel(
                  () -> {
                    decided.set(true);
                    lease.release();
                  });
              connect
                  .ready()
                  .whenComplete(
                      (session, error) -> {
                        if (!decided.compareAndSet(false, true)) {
                          return;
                        }
                        if (error == null) {
                          sink.success(lease);
                        } else {
                          lease.release();
                          sink.error(error);
                        }
                      });
            })
        .doOnDiscard(SshLease.class, SshLease::release);
  }

  private SshLease join(SharedSession.Key key) {
    SharedSession shared;
    boolean created = false;
    synchronized (this) {
      List<SharedSession> open = sessions.computeIfAbsent(key, it -> new ArrayList<>());
      shared = open.stream().filter(SharedSession::takesMore).findFirst().orElse(null);
      if (shared == null) {
        shared = new SharedSession(key, new SshConnect(this, key.target(), key.credentials()));
        open.add(shared);
        created = true;
      }
      shared.leases++;
    }
    SharedSession joined = shared;
    if (created) {
      // whoever comes after its end gets a new one
      joined
          .connect()
          .ready()
          .whenComplete(
              (session, error) -> {
                if (error != null) {
                  drop(joined);
                } else {
                  session.addCloseFutureListener(it -> drop(joined));
                }
              });
      joined.connect().start();
    }
    return new SshLease(this, joined);
  }

  /** Gives a lease back. */
  void leave(SharedSession shared) {
    synchronized (this) {
      shared.leases--;
      if (shared.leases > 0) {
        return;
      }
      drop(shared);
    }
    shared.connect().close();
  }

  /**
   * Remembers that the server refused a channel on this session.
   *
   * @return whether others have channels on it, so that another session may help
   */
  synchronized boolean full(SharedSession shared) {
    shared.limit = Math.min(shared.limit, Math.max(1, shared.leases - 1));
    return shared.leases > 1;
  }

  private synchronized void drop(SharedSession shared) {
    List<SharedSession> open = sessions.get(shared.key());
    if (open != null && open.remove(shared) && open.isEmpty()) {
      sessions.remove(shared.key());
    }
  }

  /** How many there are, for tests. */
  synchronized int count() {
    return sessions.values().stream().mapToInt(List::size).sum();
  }
}
