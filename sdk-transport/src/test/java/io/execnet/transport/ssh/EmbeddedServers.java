package io.execnet.transport.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.apache.sshd.server.session.ServerSession;

/** SSHD's servers, for what OpenSSH's can't be made to do. */
final class EmbeddedServers {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private EmbeddedServers() {}

  /** One that has to be told how people log in and what they find. */
  static SshServer create() {
    SshServer server = SshServer.setUpDefaultServer();
    server.setHost("127.0.0.1");
    server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider());
    return server;
  }

  /** A spec that leads to it when it has started. */
  static String spec(SshServer server) {
    return "ssh=-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=none -p "
        + server.getPort()
        + " joe@127.0.0.1";
  }

  /** What a server does instead of a command; an error when the channel has closed ends it. */
  interface Behaviour {
    void run(ChannelSession channel, OutputStream output) throws IOException;
  }

  /** Every command behaves like this, and never ends by itself. */
  static void behave(SshServer server, Behaviour behaviour) {
    server.setCommandFactory((channel, command) -> new Pretended(behaviour));
  }

  /** A packet of a channel, of which the text is the only payload. */
  static Buffer packet(ChannelSession channel, byte command, int size) {
    Buffer packet = channel.getSession().createBuffer(command, size);
    packet.putUInt(channel.getRecipient());
    return packet;
  }

  /** Sends a packet, whatever windows say, and waits until it is on its way. */
  static void send(ServerSession session, Buffer packet) throws IOException {
    session.writePacket(packet).verify(PATIENCE);
  }

  /** A request about a channel that wants no answer. */
  static Buffer request(ChannelSession channel, String name) {
    Buffer packet = packet(channel, SshConstants.SSH_MSG_CHANNEL_REQUEST, 1024);
    packet.putString(name);
    packet.putBoolean(false);
    return packet;
  }

  private static final class Pretended implements Command {

    private final Behaviour behaviour;
    private OutputStream output = OutputStream.nullOutputStream();

    Pretended(Behaviour behaviour) {
      this.behaviour = behaviour;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  behaviour.run(channel, output);
                } catch (IOException | RuntimeException e) {
                  // the client has gone
                }
              },
              "pretended-command");
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public void setOutputStream(OutputStream out) {
      output = out;
    }

    @Override
    public void destroy(ChannelSession channel) {
      // its next write fails
    }

    @Override
    public void setInputStream(InputStream in) {
      // nobody reads
    }

    @Override
    public void setErrorStream(OutputStream err) {
      // nothing is said there
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
      // it does not end
    }
  }
}
