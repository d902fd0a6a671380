package io.execnet.transport.ssh;

import java.io.IOException;
import org.apache.sshd.client.session.AbstractClientSession;
import org.apache.sshd.client.session.ClientConnectionService;
import org.apache.sshd.client.session.ClientConnectionServiceFactory;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/** SSHD's service for channels, where whatever the server says shows that it is alive. */
final class ConnectionServices extends ClientConnectionServiceFactory {

  @Override
  public Service create(Session session) throws IOException {
    ClientConnectionService service =
        new ClientConnectionService((AbstractClientSession) session) {
          @Override
          public void process(int command, Buffer buffer) throws Exception {
            outstandingHeartbeats.set(0);
            super.process(command, buffer);
          }
        };
    service.addPortForwardingEventListenerManager(this);
    return service;
  }
}
