package io.execnet.transport.ssh;

import java.io.IOException;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import reactor.util.Logger;
import reactor.util.Loggers;

/** Asks the server to signal the process of a channel. */
final class SshSignal {

  private static final Logger LOG = Loggers.getLogger(SshSignal.class);

  private SshSignal() {}

  static void kill(ClientChannel channel) {
    if (!channel.isOpen()) {
      return;
    }
    Session session = channel.getSession();
    Buffer request = session.createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST, 64);
    request.putUInt(channel.getRecipient());
    request.putString("signal");
    request.putBoolean(false);
    request.putString("KILL");
    try {
      session.writePacket(request);
    } catch (IOException | RuntimeException e) {
      LOG.debug("no signal to a channel that ends already", e);
    }
  }
}
