package io.execnet.transport.popen;

import io.execnet.core.spec.XSpec;
import io.execnet.core.worker.WorkerProgram;
import io.execnet.transport.Connection;
import io.execnet.transport.Transport;
import io.execnet.transport.TransportOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/**
 * Starts workers as processes of this host.
 *
 * <p>Where there are Unix sockets the worker is told to connect back to one in a private folder,
 * and its standard streams stay free for what it prints. Where it can't (it runs in a container,
 * say, or on another host), where there are none (Windows), and where the spec says {@code
 * io=pipe}, its standard input and output carry the connection, which costs two threads.
 */
public final class PopenTransport implements Transport {

  /**
   * For what blocks: starts, and the consumers of output, who may block for long. So many threads
   * that those leave some for the others; they come and go with the load.
   */
  static final Scheduler BLOCKING =
      Schedulers.newBoundedElastic(
          1_000, Schedulers.DEFAULT_BOUNDED_ELASTIC_QUEUESIZE, "shared-execnet-io", 60, true);

  /** Makes the bootstrap line. */
  interface Bootstrap {
    /** The line for a worker of this id, which is to connect back where there is a socket. */
    String line(XSpec spec, String workerId, @Nullable Path socket);
  }

  private final UnixSockets sockets;
  private final Bootstrap bootstrap;

  /** Uses the event loops that reactor-netty shares in this JVM. */
  public PopenTransport() {
    this(TcpResources.get());
  }

  /** Uses these event loops, and never disposes them. */
  public PopenTransport(LoopResources loops) {
    this(loops, PopenTransport::bootstrapLine);
  }

  PopenTransport(LoopResources loops, Bootstrap bootstrap) {
    this.sockets = new UnixSockets(loops);
    this.bootstrap = bootstrap;
  }

  @Override
  public Mono<Connection> open(XSpec spec, String gatewayId, TransportOptions options) {
    return Mono.<Connection>create(
            sink -> {
              PopenStart start = new PopenStart(sockets, bootstrap, spec, gatewayId, options, sink);
              sink.onCancel(start::cancel);
              BLOCKING.schedule(start::run);
            })
        // a connection that was ready just when the subscriber cancelled
        .doOnDiscard(Connection.class, Connection::kill);
  }

  private static String bootstrapLine(XSpec spec, String workerId, @Nullable Path socket) {
    String execmodel = spec.execmodel().orElse("thread");
    if (spec.bootstrapImport()) {
      return WorkerProgram.importLine(
          execmodel, workerId, socket == null ? null : socket.toString());
    }
    return WorkerProgram.bootstrapLine(arguments(workerId, execmodel, socket));
  }

  static List<String> arguments(String workerId, String execmodel, @Nullable Path socket) {
    List<String> arguments = new ArrayList<>();
    // in this form an id may begin with a dash
    arguments.addAll(List.of("--id=" + workerId, "--execmodel=" + execmodel));
    if (socket != null) {
      arguments.addAll(List.of("--connect", socket.toString()));
    }
    return arguments;
  }
}
