package io.execnet.transport.ssh;

import java.io.IOException;
import org.apache.sshd.client.session.AbstractClientSession;
import org.apache.sshd.client.session.ClientConnectionService;
import org.apache.sshd.client.session.ClientConnectionServiceFactory;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.forward.TcpipClientChannel;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * SSHD's service for channels, told apart by one thing: what a jump host says when it does not
 * reach the next host is kept for the error, for SSHD only closes the forwarded connection then.
 */
final class ConnectionServices extends ClientConnectionServiceFactory {

  @Override
  public Service create(Session session) throws IOException {
    SshAttempt attempt = SshAttempt.of(session);
    ClientConnectionService service =
        new ClientConnectionService((AbstractClientSession) session) {
          @Override
          public void process(int command, Buffer buffer) throws Exception {
            outstandingHeartbeats.set(0);
            super.process(command, buffer);
          }

          @Override
          public void channelOpenFailure(Buffer buffer) throws IOException {
            int position = buffer.rpos();
            Channel channel = getChannel(SshConstants.SSH_MSG_CHANNEL_OPEN_FAILURE, buffer);
            if (channel instanceof TcpipClientChannel tunnel) {
              buffer.getUInt(); // a number for the reason, which the text says too
              attempt.notReached(tunnel.getTunnelEntrance().getPort(), buffer.getString());
            }
            buffer.rpos(position);
            super.channelOpenFailure(buffer);
          }
        };
    service.addPortForwardingEventListenerManager(this);
    return service;
  }
}
