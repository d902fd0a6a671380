package io.execnet.transport.ssh;

import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.Deadline;
import io.execnet.transport.OutputLine;
import io.execnet.transport.Transport;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.bootstrap.Bootstrap;
import io.execnet.transport.bootstrap.BootstrapLine;
import io.execnet.transport.bootstrap.WorkerStreams;
import io.execnet.transport.output.BlockingWork;
import io.execnet.transport.output.OutputSink;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * Starts workers on hosts that an SSH server leads to.
 *
 * <p>The value of {@code ssh=} is what people write for OpenSSH's command up to the host, and
 * {@code ~/.ssh/config} and {@code /etc/ssh/ssh_config}, or the file that {@code ssh_config=}
 * names, are read as OpenSSH reads them. Nobody is asked anything: what a person would type comes
 * from {@link TransportOptions#credentials}, and an unknown host key is refused unless {@code -o
 * StrictHostKeyChecking=accept-new} takes it.
 *
 * <p>Gateways with the same destination, options and credentials (the same object, unless theirs
 * are equal) share one connection, each with a channel of its own. It closes when the last of them
 * does. Each transport, and so each group, has its own.
 */
public final class SshTransport implements Transport {

  private final BootstrapLine bootstrap;
  private final SshSettings settings;
  private final SshSessions sessions = new SshSessions();
  private final SshCommands commands;

  /** Uses these event loops, and never disposes them. */
  public SshTransport(LoopResources loops) {
    this(loops, BootstrapLine.worker(), SshSettings.ofThisProcess());
  }

  SshTransport(LoopResources loops, BootstrapLine bootstrap, SshSettings settings) {
    this.bootstrap = bootstrap;
    this.settings = settings;
    this.commands = new SshCommands(sessions, loops.onServer(LoopResources.DEFAULT_NATIVE));
  }

  /** The sessions that are open, for tests. */
  SshSessions sessions() {
    return sessions;
  }

  @Override
  public Mono<Connection> open(XSpec spec, String gatewayId, TransportOptions options) {
    return Mono.defer(
        () -> {
          Deadline deadline = Deadline.in(options.startTimeout());
          return Mono.fromCallable(() -> SshTargets.of(spec, settings, options.keepAlive()))
              .subscribeOn(BlockingWork.STARTS)
              .flatMap(target -> open(target, spec, gatewayId, options, deadline));
        });
  }

  private Mono<Connection> open(
      SshTarget target, XSpec spec, String gatewayId, TransportOptions options, Deadline deadline) {
    String command = RemoteCommand.of(spec);
    OutputSink sink = new OutputSink(gatewayId, OutputLine.Stream.STDERR, options.output());
    SshErrors errors = new SshErrors(sink, spec.bootstrapImport());
    // the two share the channel's window, and none may fill it
    WorkerStreams streams = new WorkerStreams(null, List.of(1, 2), WorkerStreams.markedAnswer());
    String line = bootstrap.of(spec, gatewayId + "-worker", streams);
    String shown = RemoteCommand.shown(spec) + " on " + target.shown();
    return commands
        .run(target, options.credentials(), command, errors, deadline.left())
        .flatMap(raw -> Bootstrap.start(raw, shown, line, streams.answer(), deadline));
  }
}
