package io.execnet.transport.ssh;

import java.io.IOException;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * A port of this host's loopback that leads through a jump host to the target. It is open only
 * until the target's session is, and whoever else connects to it gets no further than the target's
 * server.
 */
final class JumpForward {

  private static final Logger LOG = Loggers.getLogger(JumpForward.class);

  private final ClientSession jump;
  private final SshdSocketAddress exit;
  private final SshdSocketAddress entrance;

  private JumpForward(ClientSession jump, SshdSocketAddress exit, SshdSocketAddress entrance) {
    this.jump = jump;
    this.exit = exit;
    this.entrance = entrance;
  }

  /** Opens it. */
  static JumpForward open(ClientSession jump, SshTarget target) throws IOException {
    SshdSocketAddress exit = new SshdSocketAddress(target.host(), target.port());
    SshdSocketAddress loopback = new SshdSocketAddress("127.0.0.1", 0);
    SshdSocketAddress entrance = jump.startLocalPortForwarding(loopback, exit);
    SshAttempt.of(jump).forget(entrance.getPort());
    return new JumpForward(jump, exit, entrance);
  }

  SshConnect.Address entrance() {
    return new SshConnect.Address("127.0.0.1", entrance.getPort());
  }

  /** Why the jump host did not reach the target, if it said so. */
  @Nullable String refusal() {
    String why = SshAttempt.of(jump).notReached(entrance.getPort());
    return why == null ? null : "the jump host could not connect to it: " + why;
  }

  /** Closes the port; what has connected stays. Any number of times. */
  void close() {
    if (jump.isOpen()) {
      SshClients.WORKERS.execute(
          () -> {
            try {
              jump.stopLocalPortForwarding(entrance);
              SshAttempt.of(jump).forget(entrance.getPort());
            } catch (IOException | RuntimeException e) {
              LOG.debug("the port to " + exit + " ended with its session", e);
            }
          });
    }
  }
}
