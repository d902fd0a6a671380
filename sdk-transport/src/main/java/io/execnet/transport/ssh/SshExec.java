package io.execnet.transport.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.session.ConnectionService;

/** A channel for a command, which ends where the server refuses to run that. */
final class SshExec extends ChannelExec {

  private volatile boolean refused;

  private SshExec(String command) {
    super(command, StandardCharsets.UTF_8, null, Map.of());
  }

  /** One that is still to be opened. */
  static SshExec create(ClientSession session, String command) throws IOException {
    SshExec channel = new SshExec(command);
    session.getService(ConnectionService.class).registerChannel(channel);
    return channel;
  }

  /** Whether the server has refused. */
  boolean isRefused() {
    return refused;
  }

  /** The command is the only thing that it is asked for with an answer. */
  @Override
  public void handleFailure() throws IOException {
    refused = true;
    super.handleFailure();
    SshClosing.close(this, false);
  }
}
