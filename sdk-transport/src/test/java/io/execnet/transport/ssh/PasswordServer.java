package io.execnet.transport.ssh;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.server.shell.ProcessShellCommandFactory;

/** An embedded server that lets {@code joe} in with the password {@code secret}, and counts. */
public final class PasswordServer implements AutoCloseable {

  private final SshServer server = EmbeddedServers.create();
  private final AtomicInteger commands = new AtomicInteger();

  private PasswordServer(String before) throws IOException {
    server.setUserAuthFactories(List.of(UserAuthPasswordFactory.INSTANCE));
    server.setPasswordAuthenticator(
        (user, password, session) -> user.equals("joe") && password.equals("secret"));
    server.setCommandFactory(
        (channel, command) -> {
          commands.incrementAndGet();
          return ProcessShellCommandFactory.INSTANCE.createCommand(channel, before + command);
        });
    server.start();
  }

  /** Starts one. */
  public static PasswordServer start() throws IOException {
    return new PasswordServer("");
  }

  /** Starts one whose users have this PATH. */
  static PasswordServer withPath(String path) throws IOException {
    return new PasswordServer("PATH=" + path + "; export PATH; ");
  }

  /** A spec that leads to it. */
  public String spec() {
    return EmbeddedServers.spec(server);
  }

  /** How many commands it was asked to run. */
  int commands() {
    return commands.get();
  }

  @Override
  public void close() throws IOException {
    server.stop(true);
  }
}
