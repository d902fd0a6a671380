package io.execnet.transport.ssh;

import io.execnet.core.BootstrapException;
import io.execnet.transport.Credentials;
import io.execnet.transport.output.BlockingWork;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.future.ConnectFuture;
import org.apache.sshd.client.session.ClientSession;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.scheduler.Schedulers;

/**
 * Connects to a target and logs in: through the jump hosts, and with the first address that
 * answers.
 */
final class SshConnect {

  /** Far longer than anybody waits who is waited for: their own time decides. */
  private static final Duration JUMP_TIMEOUT = Duration.ofHours(1);

  private final SshSessions sessions;
  private final SshTarget target;
  private final Credentials credentials;
  private final CompletableFuture<ClientSession> ready = new CompletableFuture<>();
  private final Disposable.Swap timer = Disposables.swap();
  private volatile @Nullable SshAttempt attempt;
  // guarded by this
  private @Nullable SshLease jump;
  private @Nullable Disposable jumping;
  private @Nullable ConnectFuture connecting;
  private @Nullable ClientSession session;
  private boolean ended;

  SshConnect(SshSessions sessions, SshTarget target, Credentials credentials) {
    this.sessions = sessions;
    this.target = target;
    this.credentials = credentials;
  }

  /** Completes with a session that is logged in, or with a {@link BootstrapException}. */
  CompletableFuture<ClientSession> ready() {
    return ready;
  }

  /** The error for somebody who waits no longer. */
  BootstrapException timedOut(Duration timeout) {
    SshAttempt started = attempt;
    return started == null
        ? SshFailures.unreachable(
            target, "nothing began within " + timeout.toMillis() + " ms", null)
        : SshFailures.timedOut(started, timeout, "startTimeout");
  }

  /** What is known of it, once it has begun. */
  @Nullable SshAttempt attempt() {
    return attempt;
  }

  void start() {
    BlockingWork.STARTS.schedule(this::begin);
  }

  private void begin() {
    try {
      SshAttempt started = new SshAttempt(target, credentials, KnownHosts.read(target.hostKeys()));
      attempt = started;
      if (target.via().isPresent()) {
        jump(started, target.via().get());
      } else {
        connect(started, addresses(target));
      }
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void late(Duration limit) {
    SshAttempt started = attempt;
    if (started != null && started.phase() != SshAttempt.Phase.AUTHENTICATING) {
      fail(SshFailures.timedOut(started, limit, "ConnectTimeout"));
    }
  }

  private static List<InetSocketAddress> addresses(SshTarget target) {
    InetAddress[] all;
    try {
      all = InetAddress.getAllByName(target.host());
    } catch (UnknownHostException e) {
      throw SshFailures.unreachable(target, "no host has this name", e);
    }
    List<InetSocketAddress> fitting =
        Arrays.stream(all)
            .filter(
                it ->
                    switch (target.family()) {
                      case ANY -> true;
                      case INET -> !(it instanceof Inet6Address);
                      case INET6 -> it instanceof Inet6Address;
                    })
            .map(it -> new InetSocketAddress(it, target.port()))
            .toList();
    if (fitting.isEmpty()) {
      throw SshFailures.unreachable(target, "it has no address of this AddressFamily", null);
    }
    return fitting;
  }

  private void jump(SshAttempt started, SshTarget via) {
    JumpLease taker = new JumpLease(started);
    synchronized (this) {
      if (ended) {
        return;
      }
      jumping = taker;
    }
    sessions.lease(via, credentials, JUMP_TIMEOUT).subscribe(taker);
  }

  /** Takes the lease also where a cancel comes at the same time, which operators would lose. */
  private final class JumpLease extends BaseSubscriber<SshLease> {

    private final SshAttempt started;

    JumpLease(SshAttempt started) {
      this.started = started;
    }

    @Override
    protected void hookOnNext(SshLease lease) {
      boolean late;
      synchronized (SshConnect.this) {
        late = ended;
        jump = late ? null : lease;
      }
      if (late) {
        lease.release();
      } else {
        // the name is the jump host's to look up
        InetSocketAddress address =
            InetSocketAddress.createUnresolved(target.host(), target.port());
        started.through(lease.session());
        BlockingWork.EXECUTOR.execute(() -> connect(started, List.of(address)));
      }
    }

    @Override
    protected void hookOnError(Throwable error) {
      fail(error);
    }
  }

  private void connect(SshAttempt started, List<InetSocketAddress> addresses) {
    target
        .connectTimeout()
        .ifPresent(
            limit ->
                timer.update(
                    Schedulers.parallel()
                        .schedule(() -> late(limit), limit.toMillis(), TimeUnit.MILLISECONDS)));
    connect(started, addresses, 0);
  }

  private void connect(SshAttempt started, List<InetSocketAddress> addresses, int index) {
    synchronized (this) {
      if (ended) {
        return;
      }
    }
    ConnectFuture future;
    try {
      future = SshClients.connect(started, addresses.get(index));
    } catch (IOException | RuntimeException e) {
      fail(SshFailures.of(started, e)); // whoever calls this may be a listener of SSHD's
      return;
    }
    boolean late;
    synchronized (this) {
      late = ended;
      connecting = future;
    }
    if (late) {
      future.cancel();
    }
    future.addListener(
        it -> {
          if (it.isConnected()) {
            connected(started, it.getClientSession());
          } else if (index + 1 < addresses.size()) {
            connect(started, addresses, index + 1);
          } else {
            fail(SshFailures.of(started, it.getException()));
          }
        });
  }

  private void connected(SshAttempt started, ClientSession opened) {
    boolean late;
    synchronized (this) {
      late = ended;
      session = opened;
    }
    if (late) {
      opened.close(true);
      return;
    }
    opened.addCloseFutureListener(it -> closed(started));
    try {
      opened
          .auth()
          .addListener(
              it -> {
                if (it.isSuccess()) {
                  timer.dispose();
                  ready.complete(opened);
                } else {
                  fail(SshFailures.of(started, it.getException()));
                }
              });
    } catch (IOException | RuntimeException e) {
      fail(SshFailures.of(started, e));
    }
  }

  private void closed(SshAttempt started) {
    fail(SshFailures.of(started, null));
    close();
  }

  private void fail(Throwable error) {
    if (ready.completeExceptionally(error)) {
      close();
    }
  }

  /** Ends the session or the attempt; any number of times. */
  void close() {
    ClientSession open;
    Disposable waiting;
    SshLease lease;
    ConnectFuture pending;
    synchronized (this) {
      ended = true;
      open = session;
      waiting = jumping;
      lease = jump;
      pending = connecting;
      jump = null;
    }
    timer.dispose();
    if (waiting != null) {
      waiting.dispose();
    }
    if (open != null) {
      SshClosing.close(open, ready.isCompletedExceptionally() || !ready.isDone());
    } else if (pending != null) {
      pending.cancel();
    }
    if (lease != null) {
      if (open == null) {
        lease.release();
      } else {
        open.addCloseFutureListener(it -> lease.release());
      }
    }
    ready.completeExceptionally(new CancellationException("given up"));
  }
}
