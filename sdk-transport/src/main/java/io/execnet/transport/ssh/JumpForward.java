package io.execnet.transport.ssh;

import java.io.IOException;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelListener;
import org.apache.sshd.common.forward.TcpipClientChannel;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/** A port of this host's loopback that leads through a jump host to the target. */
final class JumpForward implements ChannelListener {

  private static final Logger LOG = Loggers.getLogger(JumpForward.class);

  private final ClientSession jump;
  private final SshdSocketAddress exit;
  private @Nullable SshdSocketAddress entrance;
  private volatile @Nullable String refusal;

  private JumpForward(ClientSession jump, SshTarget target) {
    this.jump = jump;
    this.exit = new SshdSocketAddress(target.host(), target.port());
  }

  /** Opens it. */
  static JumpForward open(ClientSession jump, SshTarget target) throws IOException {
    JumpForward forward = new JumpForward(jump, target);
    jump.addChannelListener(forward);
    try {
      forward.entrance =
          jump.startLocalPortForwarding(new SshdSocketAddress("127.0.0.1", 0), forward.exit);
      return forward;
    } catch (IOException | RuntimeException e) {
      jump.removeChannelListener(forward);
      throw e;
    }
  }

  SshConnect.Address entrance() {
    SshdSocketAddress open = entrance;
    if (open == null) {
      throw new IllegalStateException("not open");
    }
    return new SshConnect.Address("127.0.0.1", open.getPort());
  }

  /** Why the jump host did not reach the target, if it said so. */
  @Nullable String refusal() {
    return refusal;
  }

  @Override
  public void channelOpenFailure(Channel channel, Throwable reason) {
    if (channel instanceof TcpipClientChannel tunnel && exit.equals(tunnel.getTunnelExit())) {
      refusal = "the jump host could not connect to it: " + reason.getMessage();
    }
  }

  /** Closes the port; what has connected stays. */
  void close() {
    jump.removeChannelListener(this);
    SshdSocketAddress open = entrance;
    if (open != null && jump.isOpen()) {
      SshClients.WORKERS.execute(
          () -> {
            try {
              jump.stopLocalPortForwarding(open);
            } catch (IOException | RuntimeException e) {
              LOG.debug("the port of " + exit + " ended with its session", e);
            }
          });
    }
  }
}
