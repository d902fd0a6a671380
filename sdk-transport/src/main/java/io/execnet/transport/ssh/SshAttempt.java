package io.execnet.transport.ssh;

import io.execnet.core.BootstrapException;
import io.execnet.transport.Credentials;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to connect and log in: what its session needs to know, and what has become of it, for
 * the error that may be told. Any thread.
 */
final class SshAttempt implements SessionListener {

  /** How far it has come. */
  enum Phase {
    CONNECTING,
    NEGOTIATING,
    AUTHENTICATING
  }

  /** An error names so many of the ways that were tried. */
  private static final int MAX_WAYS = 30;

  private static final AttributeKey<SshAttempt> KEY = new AttributeKey<>();

  /** SSHD makes these for each new session, before it says a word. */
  static final List<ServiceFactory> SERVICES =
      List.of(new AuthServices(), new ConnectionServices());

  private final SshTarget target;
  private final Credentials credentials;
  private final KnownHosts knownHosts;
  private final CopyOnWriteArrayList<String> tried = new CopyOnWriteArrayList<>();
  private final CopyOnWriteArrayList<String> skipped = new CopyOnWriteArrayList<>();
  private volatile Phase phase = Phase.CONNECTING;
  private volatile @Nullable ClientSession jump;
  private volatile String allowed = "";
  private volatile @Nullable BootstrapException refused;
  private volatile @Nullable String distrust;
  private volatile @Nullable Throwable failure;

  SshAttempt(SshTarget target, Credentials credentials, KnownHosts knownHosts) {
    this.target = target;
    this.credentials = credentials;
    this.knownHosts = knownHosts;
  }

  /** The attempt that a session belongs to. */
  static SshAttempt of(@Nullable SessionContext session) {
    if (session instanceof ClientSessionImpl client) {
      return of(client.getConnectionContext());
    }
    throw new IllegalStateException("not a session of ours: " + session);
  }

  /** The attempt that a session is opened for. */
  static SshAttempt of(@Nullable AttributeRepository context) {
    SshAttempt attempt = context == null ? null : context.getAttribute(KEY);
    if (attempt == null) {
      throw new IllegalStateException("not a session of ours");
    }
    return attempt;
  }

  /** What makes a new session find this attempt. */
  AttributeRepository context() {
    return AttributeRepository.ofKeyValuePair(KEY, this);
  }

  /** Tells a new session what it needs to know, before it begins. */
  void configure(ClientSessionImpl session) {
    phase = Phase.NEGOTIATING;
    session.addSessionListener(this);
    session.setServerKeyVerifier(new HostKeyVerifier(this, knownHosts));
    session.setSignatureFactories(knownHosts.sort(session.getSignatureFactories()));
    session.setCompressionFactories(
        target.compression()
            ? List.of(BuiltinCompressions.delayedZlib, BuiltinCompressions.none)
            : List.of(BuiltinCompressions.none));
    Authentication.configure(session, this);
    CoreModuleProperties.REQUEST_EXEC_REPLY.set(session, true);
    Duration interval = target.aliveInterval();
    CoreModuleProperties.HEARTBEAT_INTERVAL.set(session, interval);
    CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(session, target.aliveCount());
  }

  SshTarget target() {
    return target;
  }

  /** It connects from this session's server. */
  void through(ClientSession session) {
    jump = session;
  }

  /** Where it connects from, if not from here. */
  @Nullable ClientSession jump() {
    return jump;
  }

  Credentials credentials() {
    return credentials;
  }

  /** Asks the program or an agent, which may take long; on one of SSHD's threads. */
  static <T> T ask(Supplier<T> question) {
    return SshClients.WORKERS.waiting(question);
  }

  /** A way to authenticate was tried. */
  void tried(String what) {
    add(tried, what);
  }

  /** A way to authenticate could not be tried. */
  void skipped(String what) {
    add(skipped, what);
  }

  /** A server can ask for more as long as it likes. */
  private static void add(CopyOnWriteArrayList<String> ways, String what) {
    if (ways.size() < MAX_WAYS) {
      ways.addIfAbsent(ServerText.readable(what));
    }
  }

  /** The server said which ways it takes. */
  void allowed(String methods) {
    allowed = ServerText.readable(methods);
  }

  /** The server's key is not taken. */
  void refuse(BootstrapException error) {
    refused = error;
  }

  /** The server may not be the one it should be, though its key is taken. */
  void distrust(String why) {
    distrust = why;
  }

  /** Why it must not learn a password, if it must not. */
  @Nullable String distrust() {
    return distrust;
  }

  Phase phase() {
    return phase;
  }

  @Nullable BootstrapException refused() {
    return refused;
  }

  /** The first error of the session itself. */
  @Nullable Throwable failure() {
    return failure;
  }

  List<String> tried() {
    return tried;
  }

  List<String> skipped() {
    return skipped;
  }

  String allowed() {
    return allowed;
  }

  @Override
  public void sessionEvent(Session session, Event event) {
    if (event == Event.KeyEstablished) {
      phase = Phase.AUTHENTICATING;
    }
  }

  @Override
  public void sessionException(Session session, Throwable error) {
    if (failure == null) {
      failure = error;
    }
  }

  @Override
  public void sessionDisconnect(
      Session session, int reason, String message, String language, boolean byUs) {
    if (failure == null && !byUs) {
      failure = new IOException("the server disconnected: " + message);
    }
  }
}
