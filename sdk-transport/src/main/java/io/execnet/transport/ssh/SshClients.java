package io.execnet.transport.ssh;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.future.ConnectFuture;
import org.apache.sshd.client.keyverifier.RejectAllServerKeyVerifier;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.core.CoreModuleProperties;

/**
 * What all SSH sessions of this JVM share, made on first use and kept, as reactor-netty keeps its
 * loops: one client of SSHD with a few daemon threads.
 */
final class SshClients {

  static final SshWorkers WORKERS = new SshWorkers();

  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "shared-execnet-ssh-timer");
            thread.setDaemon(true);
            return thread;
          });

  /** So many bytes can be on their way to a gateway that does not read. */
  private static final long WINDOW = 1024 * 1024;

  private static final Client CLIENT = create();

  /** SSHD's own would look the host's name up, though an address is known or no name needed. */
  private static final class Client extends SshClient {

    ConnectFuture connect(SshAttempt attempt, InetSocketAddress address) throws IOException {
      HostConfigEntry entry =
          new HostConfigEntry(
              "", address.getHostString(), address.getPort(), attempt.target().user());
      return doConnect(
          entry.getUsername(),
          address,
          attempt.context(),
          null,
          KeyIdentityProvider.EMPTY_KEYS_PROVIDER,
          entry);
    }
  }

  private SshClients() {}

  static SshClient client() {
    return CLIENT;
  }

  /** Connects to the address, from the attempt's jump host where there is one. */
  static ConnectFuture connect(SshAttempt attempt, InetSocketAddress address) throws IOException {
    return CLIENT.connect(attempt, address);
  }

  private static Client create() {
    Client client = (Client) ClientBuilder.builder().factory(Client::new).build();
    client.setIoServiceFactoryFactory(new AsyncConnectors(WORKERS));
    client.setScheduledExecutorService(TIMER, false);
    // what is particular to a session is set by its attempt; nothing comes from ~/.ssh by itself
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setServerKeyVerifier(RejectAllServerKeyVerifier.INSTANCE);
    client.setAgentFactory(new SessionAgents());
    client.setServiceFactories(SshAttempt.SERVICES);
    client.setCipherFactories(fastFirst(client.getCipherFactories()));
    CoreModuleProperties.AUTH_TIMEOUT.set(client, Duration.ZERO);
    CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
    CoreModuleProperties.NIO2_READ_BUFFER_SIZE.set(client, 64 * 1024);
    CoreModuleProperties.TCP_NODELAY.set(client, true);
    CoreModuleProperties.SOCKET_KEEPALIVE.set(client, true);
    CoreModuleProperties.WINDOW_SIZE.set(client, WINDOW);
    CoreModuleProperties.PASSWORD_PROMPTS.set(client, 1);
    client.getProperties().put("user-interaction-auto-detect-password-prompt", false);
    client.start();
    return client;
  }

  /** The JVM has AES-GCM in hardware; SSHD's ChaCha20, its first choice, is plain Java. */
  private static List<NamedFactory<Cipher>> fastFirst(List<NamedFactory<Cipher>> ciphers) {
    List<NamedFactory<Cipher>> sorted = new ArrayList<>();
    ciphers.stream().filter(it -> it.getName().contains("gcm")).forEach(sorted::add);
    ciphers.stream().filter(it -> !it.getName().contains("gcm")).forEach(sorted::add);
    return sorted;
  }
}
