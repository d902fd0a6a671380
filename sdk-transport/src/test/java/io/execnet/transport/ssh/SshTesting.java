package io.execnet.transport.ssh;

import io.execnet.transport.PeerProgram;
import io.execnet.transport.bootstrap.BootstrapLine;
import io.execnet.transport.bootstrap.WorkerStreams;
import java.nio.file.Path;
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
  static SshTransport workers(Path home) {
    return workers(settings(home));
  }

  /** Starts the worker program, whose prints are no matter here and go where they go. */
  static SshTransport workers(SshSettings settings) {
    BootstrapLine line =
        (spec, id, streams) ->
            BootstrapLine.worker()
                .of(spec, id, new WorkerStreams(null, List.of(), streams.answer()));
    return new SshTransport(TcpResources.get(), line, settings);
  }

  /** Starts the peer program, with this environment, where the worker program would be. */
  static SshTransport peers(Path home, Map<String, String> environment) {
    return new SshTransport(TcpResources.get(), PeerProgram.line(environment), settings(home));
  }
}
