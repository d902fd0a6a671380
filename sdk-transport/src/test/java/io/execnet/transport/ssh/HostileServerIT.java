package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.ExitStatus;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.Credentials;
import io.execnet.transport.OutputLine;
import io.execnet.transport.PeerConnections;
import io.execnet.transport.Received;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.output.OutputSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.AbstractUserAuth;
import org.apache.sshd.server.auth.AbstractUserAuthFactory;
import org.apache.sshd.server.auth.UserAuth;
import org.apache.sshd.server.auth.password.AcceptAllPasswordAuthenticator;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.channel.ChannelSessionFactory;
import org.apache.sshd.server.session.ServerSession;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/** Servers that are broken or mean harm: each costs an error, and nothing grows. */
class HostileServerIT extends SshGateways {

  private static final int MEGABYTE = 1024 * 1024;

  private static final Credentials PASSWORD =
      new Credentials() {
        @Override
        public Optional<String> password(String user, String host, int port) {
          return Optional.of("secret");
        }
      };

  /** What a server does when somebody wants to log in with a password. */
  private interface Answer {
    void give(ServerSession session) throws IOException;
  }

  private static final class Login extends AbstractUserAuthFactory {

    private final Answer answer;

    Login(Answer answer) {
      super("password");
      this.answer = answer;
    }

    @Override
    public UserAuth createUserAuth(ServerSession session) {
      return new AbstractUserAuth("password") {
        @Override
        protected @Nullable Boolean doAuth(Buffer request, boolean first) throws IOException {
          answer.give(getServerSession());
          return null;
        }
      };
    }
  }

  private BootstrapException loginFailure(Duration timeout, Answer answer) throws IOException {
    SshServer server = EmbeddedServers.create();
    server.setUserAuthFactories(List.of(new Login(answer)));
    CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, Integer.MAX_VALUE);
    server.start();
    closeLater(() -> server.stop(true));
    return failure(
        open(
            EmbeddedServers.spec(server),
            options(timeout, TransportOptions.DEFAULT_KEEP_ALIVE, PASSWORD)));
  }

  @Test
  void asksForMoreAndMoreProof() throws Exception {
    AtomicLong count = new AtomicLong();
    BootstrapException error =
        loginFailure(
            Duration.ofSeconds(5),
            session -> {
              count.incrementAndGet();
              Buffer partly = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_FAILURE, 100);
              partly.putString("password");
              partly.putBoolean(true);
              session.writePacket(partly);
            });
    assertThat(error.reason()).isEqualTo(Reason.TIMEOUT);
    assertThat(count.get()).isPositive();
  }

  @Test
  void sendsBannersWithoutEnd() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    BootstrapException error =
        loginFailure(
            Duration.ofSeconds(5),
            session -> new Thread(() -> banners(session, ended), "banners").start());
    assertThat(error.reason()).isEqualTo(Reason.TIMEOUT);
    Awaitility.await().atMost(PATIENCE).untilTrue(ended);
  }

  private static void banners(ServerSession session, AtomicBoolean ended) {
    String text = "x".repeat(100_000);
    try {
      while (true) {
        Buffer banner = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_BANNER, 110_000);
        banner.putString(text);
        banner.putString("");
        EmbeddedServers.send(session, banner);
      }
    } catch (IOException e) {
      ended.set(true); // the client has gone
    }
  }

  @Test
  void saysFarTooMuchWhenItDisconnects() throws Exception {
    BootstrapException error =
        loginFailure(
            PATIENCE,
            session ->
                session.disconnect(
                    SshConstants.SSH2_DISCONNECT_BY_APPLICATION,
                    "go\u001b[2J\naway" + "x".repeat(100_000)));
    assertThat(error.reason()).isEqualTo(Reason.AUTHENTICATION_REFUSED);
    assertThat(error.getMessage()).contains("go [2J away").hasSizeLessThan(2000);
  }

  private SshServer started(EmbeddedServers.Behaviour behaviour) throws IOException {
    SshServer server = EmbeddedServers.create();
    EmbeddedServers.behave(server, behaviour);
    return started(server);
  }

  private SshServer started(SshServer server) throws IOException {
    server.setPasswordAuthenticator(AcceptAllPasswordAuthenticator.INSTANCE);
    server.start();
    closeLater(() -> server.stop(true));
    return server;
  }

  /** A connection to what the server does instead of a command, before anything is said on it. */
  private Connection run(SshServer server) {
    SshTarget target =
        SshTargets.of(
            XSpec.parse(EmbeddedServers.spec(server)), SshTesting.settings(home), Duration.ZERO);
    SshCommands commands =
        new SshCommands(
            new SshSessions(), TcpResources.get().onServer(LoopResources.DEFAULT_NATIVE));
    OutputSink sink = new OutputSink("gw0", OutputLine.Stream.STDERR, line -> {});
    SshErrors errors = new SshErrors(sink, false);
    return PeerConnections.value(commands.run(target, PASSWORD, "anything", errors, PATIENCE));
  }

  @Test
  void floodsAReaderWhoTakesLittleAtATime() throws Exception {
    AtomicReference<ChannelSession> served = new AtomicReference<>();
    AtomicLong sent = new AtomicLong();
    Connection connection =
        run(
            started(
                (channel, output) -> {
                  served.set(channel);
                  byte[] bytes = new byte[32 * 1024];
                  while (true) {
                    output.write(bytes);
                    output.flush();
                    sent.addAndGet(bytes.length);
                  }
                }));
    SipReader reader = new SipReader(connection);
    PeerConnections.on(connection, () -> connection.setReading(false));
    connection.start(reader);
    for (int i = 0; i < 60; i++) {
      Awaitility.await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(2))
          .until(() -> served.get().getRemoteWindow().getSize() <= 32 * 1024);
      long before = reader.count.get();
      PeerConnections.on(connection, () -> connection.setReading(true));
      Awaitility.await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(2))
          .until(() -> reader.count.get() > before);
      assertThat(sent.get() - reader.count.get()).isLessThan(2 * MEGABYTE);
    }
    connection.kill();
  }

  /** Stops reading whenever something has come. */
  private static final class SipReader implements ConnectionHandler {

    private final Connection connection;
    private final AtomicLong count = new AtomicLong();

    SipReader(Connection connection) {
      this.connection = connection;
    }

    @Override
    public void onBytes(ByteBuffer bytes) {
      connection.setReading(false);
      count.addAndGet(bytes.remaining());
    }

    @Override
    public void onWritable() {
      // nothing is written
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
      // the test ends it
    }
  }

  @Test
  void sendsMoreThanItMay() throws Exception {
    AtomicLong sent = new AtomicLong();
    Connection connection =
        run(
            started(
                (channel, output) -> {
                  byte[] bytes = new byte[30_000];
                  while (true) {
                    Buffer data =
                        EmbeddedServers.packet(
                            channel, SshConstants.SSH_MSG_CHANNEL_DATA, bytes.length + 100);
                    data.putBytes(bytes);
                    EmbeddedServers.send(channel.getServerSession(), data);
                    sent.addAndGet(bytes.length);
                  }
                }));
    PeerConnections.on(connection, () -> connection.setReading(false));
    Received received = Received.counting(connection);
    assertThat(received.awaitClosed().orElseThrow())
        .hasMessageContaining("lost the SSH connection to joe@127.0.0.1")
        .hasMessageContaining("above available");
    assertThat(received.count()).isLessThan(2 * MEGABYTE);
  }

  @Test
  void neverTakesWhatIsWritten() throws Exception {
    Connection connection = run(started((channel, output) -> {}));
    Received received = Received.from(connection);
    assertThat(PeerConnections.fill(connection)).isLessThan(4 * MEGABYTE);
    PeerConnections.on(connection, () -> assertThat(connection.isWritable()).isFalse());
    connection.close();
    connection.kill();
    assertThat(received.awaitClosed()).isEmpty();
    assertThat(connection.exitStatus().blockOptional(PATIENCE)).isEmpty();
  }

  @Test
  void namesASignalThatIsNone() throws Exception {
    Connection connection =
        run(
            started(
                (channel, output) -> {
                  Buffer signal = EmbeddedServers.request(channel, "exit-signal");
                  signal.putString("\u001b[2J" + "X".repeat(20_000));
                  signal.putBoolean(false);
                  signal.putString("");
                  signal.putString("");
                  EmbeddedServers.send(channel.getServerSession(), signal);
                  channel.close(false);
                }));
    Received received = Received.from(connection);
    assertThat(received.awaitClosed()).isEmpty();
    ExitStatus status = PeerConnections.value(connection.exitStatus());
    assertThat(status.code()).isEqualTo(128);
    assertThat(status.signal().orElseThrow()).startsWith("SIG [2JXXX").hasSizeLessThan(2000);
  }

  @Test
  void closesTheChannelAtOnce() throws Exception {
    Connection connection = run(started((channel, output) -> channel.close(false)));
    Received received = Received.from(connection);
    assertThat(received.awaitClosed()).isEmpty();
    assertThat(connection.exitStatus().blockOptional(PATIENCE)).isEmpty();
  }

  @Test
  void runsNoCommands() throws Exception {
    SshServer server = started(EmbeddedServers.create());
    BootstrapException error = failure(open(EmbeddedServers.spec(server), PASSWORD));
    assertThat(error.reason()).isEqualTo(Reason.EXITED);
    assertThat(error)
        .hasMessageContaining("joe@127.0.0.1:" + server.getPort() + " runs no command for us");
  }

  @Test
  void refusesACommandAndWaits() throws Exception {
    SshServer server = EmbeddedServers.create();
    server.setChannelFactories(
        List.of(
            new ChannelSessionFactory() {
              @Override
              public Channel createChannel(Session session) {
                return new ChannelSession() {
                  @Override
                  protected RequestHandler.Result handleExecParsed(String type, String command) {
                    return RequestHandler.Result.ReplyFailure;
                  }
                };
              }
            }));
    started(server);
    BootstrapException error = failure(open(EmbeddedServers.spec(server), PASSWORD));
    assertThat(error.reason()).isEqualTo(Reason.EXITED);
    assertThat(error).hasMessageContaining("runs no command for us");
  }
}
