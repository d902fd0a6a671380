package io.execnet.transport.popen;

import io.execnet.core.BootstrapException;
import io.execnet.core.ExitStatus;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.OutputLine;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.bootstrap.AnswerScanner;
import io.execnet.transport.bootstrap.BootstrapLine;
import io.execnet.transport.bootstrap.StartFailure;
import io.execnet.transport.bootstrap.WorkerStreams;
import io.execnet.transport.netty.NettyConnection;
import io.execnet.transport.output.BlockingWork;
import io.execnet.transport.output.OutputSink;
import io.execnet.transport.output.OutputTail;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * One start of a worker: from the spec to a connection, or to the reason why there is none.
 *
 * <p>Whatever is seen of the new process is told to one event loop, and the first thing that
 * decides the matter wins there. What blocks runs on the scheduler for such work.
 */
final class PopenStart implements ConnectBack.Listener {

  private static final Logger LOG = Loggers.getLogger(PopenStart.class);

  private static final Duration TURN = Duration.ofMillis(10);
  private static final int MIN_TURNS = 3;
  private static final int MAX_TURNS = 100;

  private final UnixSockets sockets;
  private final BootstrapLine bootstrap;
  private final XSpec spec;
  private final String gatewayId;
  private final TransportOptions options;
  private final MonoSink<Connection> sink;
  private final EventLoop loop;
  private final Scheduler blocking = BlockingWork.STARTS;
  private final OutputTail tail = new OutputTail();
  private final OutputSink errorSink;
  private final OutputReader output;
  private final OutputReader errors;
  private final CompletableFuture<Void> written = new CompletableFuture<>();

  // set once, by run(), before anything is told to the loop
  private List<String> command = List.of();
  private boolean noisy;
  private @Nullable AnswerScanner scanner;
  private @Nullable ConnectBack back;
  private @Nullable Process process;
  private @Nullable WorkerProcess worker;
  private @Nullable StartWatch watch;

  // on the loop
  private boolean decided;
  private boolean running;
  private @Nullable Future<?> timeout;

  PopenStart(
      UnixSockets sockets,
      BootstrapLine bootstrap,
      XSpec spec,
      String gatewayId,
      TransportOptions options,
      MonoSink<Connection> sink) {
    this.sockets = sockets;
    this.bootstrap = bootstrap;
    this.spec = spec;
    this.gatewayId = gatewayId;
    this.options = options;
    this.sink = sink;
    this.loop = sockets.next();
    this.errorSink = new OutputSink(gatewayId, OutputLine.Stream.STDERR, options.output());
    OutputSink outputSink = new OutputSink(gatewayId, OutputLine.Stream.STDOUT, options.output());
    this.output = new OutputReader(outputSink, null);
    this.errors = new OutputReader(errorSink, tail);
  }

  /** Starts the process and sends it the program. Blocks. */
  void run() {
    try {
      command = PythonCommand.of(spec);
      noisy = PythonCommand.isIndirect(spec);
      String answer = noisy ? WorkerStreams.markedAnswer() : WorkerStreams.PLAIN_ANSWER;
      scanner = new AnswerScanner(answer, noisy);
      ConnectBack listening = usesPipes() ? null : listen(answer);
      back = listening;
      Path socket = listening == null ? null : listening.socket();
      // over pipes, descriptor 1 carries the connection; ssh's two streams share a window
      List<Integer> framed = spec.popen() ? List.of(1) : List.of(1, 2);
      WorkerStreams streams = new WorkerStreams(socket, framed, answer);
      Process child = startProcess();
      process = child;
      WorkerProcess started = new WorkerProcess(child, tail);
      StartingProcesses.add(started);
      worker = started;
      loop.execute(this::started);
      write(child.getOutputStream(), streams);
    } catch (RuntimeException | Error e) {
      giveUp(e);
    }
  }

  /** Another host can't connect back, and Windows has nothing to connect to. */
  private boolean usesPipes() {
    return spec.pipeIo() || !spec.popen() || PythonCommand.WINDOWS;
  }

  private @Nullable ConnectBack listen(String answer) {
    try {
      return new ConnectBack(sockets, loop, answer, output, errors, this);
    } catch (IOException | RuntimeException e) {

      LOG.debug("No Unix socket for gateway " + gatewayId + ", so it uses pipes", e);
      return null;
    }
  }

  private Process startProcess() {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(spec.env());
    return PythonCommand.start(builder);
  }

  /** Tells it what to be, which is made ready while it starts. */
  private void write(OutputStream stdin, WorkerStreams streams) {
    try {
      String line = bootstrap.of(spec, gatewayId + "-worker", streams);
      stdin.write(line.getBytes(StandardCharsets.ISO_8859_1));
      stdin.flush();
    } catch (IOException e) {
      // it does not listen: how it ends says more
    } finally {
      written.complete(null);
    }
  }

  /** On the loop: watches the process, unless the start has been cancelled meanwhile. */
  private void started() {
    running = true;
    if (decided) {
      blocking.schedule(this::cleanUp);
      return;
    }
    Process child = require(process);
    watch =
        new StartWatch(
            gatewayId,
            child,
            require(scanner),
            tail,
            errorSink,
            () -> loop.execute(this::answeredOnPipe),
            () -> loop.execute(() -> fail("", null)));
    timeout =
        loop.schedule(
            () -> fail("", null), options.startTimeout().toMillis(), TimeUnit.MILLISECONDS);
    require(worker).ended().thenAccept(this::ended);
  }

  /** The process is gone. What it said before that may still be on its way here. */
  private void ended(ExitStatus status) {
    CompletableFuture.anyOf(require(watch).outputEnd())
        .completeOnTimeout(null, WorkerProcess.DRAIN.toMillis(), TimeUnit.MILLISECONDS)
        .thenRun(() -> loop.execute(() -> listenOn(status, 1)));
  }

  /** Gives the loop some turns to read; more of them while the process' sockets are open. */
  private void listenOn(ExitStatus status, int turn) {
    ConnectBack listening = back;
    boolean connected = listening != null && listening.isConnected();
    if (decided) {
      return;
    }
    if (turn > (connected ? MAX_TURNS : MIN_TURNS)) {
      fail("", status);
    } else {
      loop.schedule(() -> listenOn(status, turn + 1), TURN.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** The connection goes over the socket. */
  @Override
  public void answered(Channel protocol, byte[] early) {
    if (!decide()) {
      protocol.close();
      return;
    }
    WorkerProcess owner = require(worker);
    owner.whenOutputEnds(List.of(output.ended(), errors.ended()));
    owner
        .ended()
        .thenRun(
            () ->
                loop.execute(
                    () -> {
                      output.processExited();
                      errors.processExited();
                    }));
    NettyConnection connection = new NettyConnection(protocol, early, owner);
    owner.ended().thenRun(() -> loop.execute(connection::closeWhenQuiet));
    blocking.schedule(
        () -> {
          require(back).deleteSocket();
          StartWatch.closeQuietly(require(process).getOutputStream());
          loop.execute(() -> succeed(connection));
        });
  }

  private void succeed(Connection connection) {
    sink.success(connection);
    StartingProcesses.remove(require(worker));
  }

  /** Something that is no worker uses the socket. */
  @Override
  public void unexpected(String what) {
    fail(what, null);
  }

  /** The connection goes over the pipes. */
  private void answeredOnPipe() {
    if (!decide()) {
      return;
    }
    ConnectBack listening = back;
    WorkerProcess owner = require(worker);
    owner.whenOutputEnds(List.of(require(watch).errorEnd()));
    Connection connection = new PipeConnection(gatewayId, loop, require(process), owner);
    if (listening == null) {
      succeed(connection);
      return;
    }
    listening.close();
    blocking.schedule(
        () -> {
          listening.deleteSocket();
          loop.execute(() -> succeed(connection));
        });
  }

  /** The subscriber wants no connection any more; any thread. */
  void cancel() {
    loop.execute(
        () -> {
          if (decide() && running) {
            blocking.schedule(this::cleanUp);
          }
        });
  }

  /** It came to no process, or something is wrong on this side; on the thread of {@link #run()}. */
  private void giveUp(Throwable error) {
    if (process == null) {
      closeListener();
    } else {
      cleanUp();
    }
    loop.execute(
        () -> {
          if (decide()) {
            sink.error(error);
          }
        });
  }

  /**
   * It failed.
   *
   * @param unexpected what came over the socket instead of the answer, or an empty string
   * @param status how the process ended, or null if it has not
   */
  private void fail(String unexpected, @Nullable ExitStatus status) {
    if (decide()) {
      blocking.schedule(
          () -> {
            cleanUp();
            sink.error(diagnose(unexpected, status));
          });
    }
  }

  private boolean decide() {
    boolean first = !decided;
    decided = true;
    if (first && timeout != null) {
      timeout.cancel(false);
    }
    return first;
  }

  private BootstrapException diagnose(String unexpected, @Nullable ExitStatus status) {
    String shown = PythonCommand.shown(command);
    Duration limit = options.startTimeout();
    String output = watch == null ? "" : watch.unexpected();
    return noisy && unexpected.isEmpty()
        ? StartFailure.amongNoise(shown, limit, output, status, tail.text())
        : StartFailure.of(
            shown, limit, unexpected.isEmpty() ? output : unexpected, status, tail.text());
  }

  /** Ends the process and those it started, and waits a moment for their last words. Blocks. */
  private void cleanUp() {
    closeListener();
    Process child = require(process);
    require(worker).killTree();
    StartingProcesses.remove(require(worker));
    StartWatch watching = watch;
    CompletableFuture<Void> streams =
        watching == null
            ? CompletableFuture.completedFuture(null)
            : CompletableFuture.allOf(watching.outputEnd(), watching.errorEnd());
    CompletableFuture.allOf(require(worker).ended().thenAccept(it -> {}), written, streams)
        .completeOnTimeout(null, WorkerProcess.DRAIN.toMillis(), TimeUnit.MILLISECONDS)
        .join();
    if (written.isDone()) {
      StartWatch.closeQuietly(child.getOutputStream());
    }
    if (watching == null) {
      StartWatch.closeQuietly(child.getInputStream());
      StartWatch.closeQuietly(child.getErrorStream());
    }
  }

  private void closeListener() {
    ConnectBack listening = back;
    if (listening != null) {
      loop.execute(listening::close);
      listening.deleteSocket();
    }
  }

  private static <T> T require(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("not started");
    }
    return value;
  }
}
