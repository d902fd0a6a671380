package io.execnet.transport.ssh;

import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.OutputLine;
import io.execnet.transport.output.OutputSink;
import java.io.IOException;
import java.time.Duration;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import reactor.util.Logger;
import reactor.util.Loggers;

/** Kills the process of a channel. */
final class SshSignal {

  private static final Logger LOG = Loggers.getLogger(SshSignal.class);

  private SshSignal() {}

  /** Asks the server to. OpenSSH's does so for users other than root, and without ForceCommand. */
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

  /** Runs a command that does it. */
  static void kill(SshCommands commands, SharedSession.Key key, long pid, Duration timeout) {
    OutputSink log =
        new OutputSink(
            key.target().shown(), OutputLine.Stream.STDERR, line -> LOG.debug("kill: {}", line));
    commands
        .run(
            key.target(),
            key.credentials(),
            RemoteCommand.kill(pid),
            new SshErrors(log, false),
            timeout)
        .subscribe(
            connection -> connection.start(ConnectionHandler.untilClosed(connection::close)),
            error -> LOG.debug("process " + pid + " could not be killed", error));
  }
}
