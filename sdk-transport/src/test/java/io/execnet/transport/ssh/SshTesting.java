package io.execnet.transport.ssh;

import io.execnet.transport.PeerProgram;
import io.execnet.transport.bootstrap.BootstrapLine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reactor.netty.tcp.TcpResources;

/** Transports that see nothing of this machine's own SSH. */
final class SshTesting {

  private SshTesting() {}

  /** Settings with this home folder, and no agent. */
  static SshSettings settings(Path home) {
    return new SshSettings(
        home, OpenSshServer.user(), Optional.empty(), home.resolve("none"), List.of());
  }

  /** Starts the worker program. */
  static SshTransport workers(SshSettings settings) {
    return new SshTransport(TcpResources.get(), BootstrapLine.worker(), settings);
  }

  /** Starts the peer program with this environment where the worker program would be. */
  static SshTransport peers(SshSettings settings, Map<String, String> environment) {
    return new SshTransport(TcpResources.get(), peer(environment), settings);
  }

  private static BootstrapLine peer(Map<String, String> environment) {
    return (spec, id, streams) -> {
      List<String> arguments = new ArrayList<>(BootstrapLine.arguments(id, "thread", streams));
      environment.forEach((name, value) -> arguments.add("--env=" + name + "=" + value));
      return PeerProgram.bootstrapLine(arguments);
    };
  }
}
