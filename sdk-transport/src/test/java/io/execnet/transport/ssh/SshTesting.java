package io.execnet.transport.ssh;

import io.execnet.transport.PeerProgram;
import io.execnet.transport.bootstrap.BootstrapLine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
  static SshTransport workers(Path home) {
    return new SshTransport(TcpResources.get(), BootstrapLine.worker(), settings(home));
  }

  /** Starts the peer program, with the spec's environment, where the worker program would be. */
  static SshTransport peers(Path home) {
    BootstrapLine line =
        (spec, id, streams) -> {
          List<String> arguments = new ArrayList<>(BootstrapLine.arguments(id, "thread", streams));
          spec.env().forEach((name, value) -> arguments.add("--env=" + name + "=" + value));
          return PeerProgram.bootstrapLine(arguments);
        };
    return new SshTransport(TcpResources.get(), line, settings(home));
  }
}
