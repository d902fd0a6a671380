package io.execnet.transport.ssh;

import org.apache.sshd.client.future.AuthFuture;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.client.session.ClientUserAuthService;
import org.apache.sshd.client.session.ClientUserAuthServiceFactory;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * SSHD's authentication, told apart by two things: the session is configured just before, and what
 * the server would take is kept for the error.
 */
final class AuthServices extends ClientUserAuthServiceFactory {

  @Override
  public Service create(Session session) {
    SshAttempt attempt = SshAttempt.of(session);
    attempt.configure((ClientSessionImpl) session);
    return new ClientUserAuthService(session) {
      @Override
      protected void processUserAuth(int command, Buffer buffer, AuthFuture future)
          throws Exception {
        if (command == SshConstants.SSH_MSG_USERAUTH_FAILURE) {
          int position = buffer.rpos();
          attempt.allowed(buffer.getString());
          buffer.rpos(position);
        }
        super.processUserAuth(command, buffer, future);
      }
    };
  }
}
