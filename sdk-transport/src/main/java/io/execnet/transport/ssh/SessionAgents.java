package io.execnet.transport.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.agent.SshAgentFactory;
import org.apache.sshd.agent.SshAgentServer;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.session.Session;
import org.jspecify.annotations.Nullable;

/** Connects to the agent that a session's target names. Agents are not forwarded. */
final class SessionAgents implements SshAgentFactory {

  @Override
  public List<ChannelFactory> getChannelForwardingFactories(FactoryManager manager) {
    return List.of();
  }

  @Override
  public @Nullable SshAgent createClient(Session session, FactoryManager manager) {
    SshAttempt attempt = SshAttempt.of(session);
    IdentityRules rules = attempt.target().identity();
    Optional<Path> socket = rules.agent();
    if (socket.isEmpty()) {
      return null;
    }
    return SshAttempt.ask(
        () -> {
          try {
            return new AgentClient(socket.get(), rules.onlyNamed() ? publicKeys(rules) : null);
          } catch (IOException e) {
            attempt.skipped("agent " + socket.get() + ": " + e.getMessage());
            return null;
          }
        });
  }

  private static List<PublicKey> publicKeys(IdentityRules rules) {
    List<PublicKey> keys = new ArrayList<>();
    for (Path file : rules.files()) {
      Path half = file.resolveSibling(file.getFileName() + ".pub");
      if (Files.isReadable(half)) {
        try (InputStream in = Files.newInputStream(half)) {
          for (AuthorizedKeyEntry entry : AuthorizedKeyEntry.readAuthorizedKeys(in, false)) {
            keys.add(entry.resolvePublicKey(null, PublicKeyEntryResolver.IGNORING));
          }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
          // then the agent's half of it is not recognized; the file itself is still offered
        }
      }
    }
    return keys;
  }

  @Override
  public SshAgentServer createServer(ConnectionService service) {
    throw new UnsupportedOperationException("agents are not forwarded");
  }
}
