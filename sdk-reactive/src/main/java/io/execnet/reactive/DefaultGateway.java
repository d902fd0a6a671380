package io.execnet.reactive;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.ExecnetException;
import io.execnet.core.ExitStatus;
import io.execnet.core.GatewayLostException;
import io.execnet.core.ProtocolException;
import io.execnet.core.protocol.ChannelReceiver;
import io.execnet.core.protocol.EngineListener;
import io.execnet.core.protocol.ProtocolEngine;
import io.execnet.core.spec.XSpec;
import io.execnet.core.value.ChannelReference;
import io.execnet.core.value.FrameBuffer;
import io.execnet.core.value.StringCoercion;
import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.EventLoop;
import io.execnet.transport.Hop;
import io.execnet.transport.OutputLine;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Joins a connection, the protocol engine and the channels. All of its state lives on the
 * connection's event loop; what users call goes there by {@link #onLoop}.
 */
final class DefaultGateway implements Gateway, ConnectionHandler, EngineListener {

  private static final Logger LOGGER = Loggers.getLogger(Gateway.class);

  /** Frames are handed to the transport at the end of a turn of the loop, or from this size on. */
  private static final int FLUSH_AT = 64 << 10;

  private final String id;
  private final XSpec spec;
  private final GroupOptions options;
  private final Connection connection;
  private final EventLoop loop;
  private final Scheduler loopScheduler;
  private final ProtocolEngine engine;
  private final OutputHub hub;
  private final GatewayOutput output;
  private final ReadGate readGate;
  private final WriteGate writeGate;
  private final GatewayEnding ending;
  private final Mono<RInfo> rinfo;
  private final Hop hop = new GatewayHop(this);

  private boolean flushScheduled;

  DefaultGateway(
      String id,
      XSpec spec,
      GroupOptions options,
      OutputHub hub,
      Connection connection,
      Runnable onGone) {
    this.id = id;
    this.spec = spec;
    this.options = options;
    this.connection = connection;
    this.loop = connection.eventLoop();
    this.loopScheduler = Schedulers.fromExecutor(loop);
    this.engine = new ProtocolEngine(options.limits(), this);
    this.hub = hub;
    this.output = new GatewayOutput(this, connection, engine, hub);
    this.readGate = new ReadGate(connection);
    this.writeGate = new WriteGate(connection);
    this.ending = new GatewayEnding(this, connection, output.handedOver(), onGone);
    this.rinfo = WorkerQueries.rinfo(this).cacheInvalidateIf(info -> false);
  }

  void start() {
    connection.start(this);
    // What a dead worker left unread is bounded, and its end has to be seen behind it.
    connection.exitStatus().subscribe(status -> onLoop(readGate::stayOpen), error -> {});
  }

  // ---- what users call

  @Override
  public String id() {
    return id;
  }

  @Override
  public XSpec spec() {
    return spec;
  }

  @Override
  public RemoteExec remoteExec(PythonSource source) {
    return new DefaultRemoteExec(this, source, null, Map.of());
  }

  @Override
  public Mono<Channel> newChannel() {
    return opening(engine::open);
  }

  @Override
  public Mono<RemoteStatus> remoteStatus() {
    return WorkerQueries.status(opening(engine::requestStatus));
  }

  @Override
  public Mono<RInfo> rinfo() {
    return rinfo;
  }

  @Override
  public Mono<Void> reconfigure(StringCoercion coercion) {
    return command(result -> result.run(() -> engine.reconfigureGateway(coercion)));
  }

  @Override
  public Flux<OutputLine> output() {
    return hub.lines(line -> true);
  }

  @Override
  public Flux<OutputLine> output(OutputLine.Stream stream) {
    return hub.lines(line -> line.stream() == stream);
  }

  @Override
  public boolean isOpen() {
    return ending.isOpen();
  }

  @Override
  public Optional<SocketAddress> remoteAddress() {
    return connection.remoteAddress();
  }

  @Override
  public Mono<Void> onEnd() {
    return signalled(ending.onEnd());
  }

  @Override
  public Mono<GatewayEnd> exit() {
    return signalled(exit(options.terminateTimeout()));
  }

  /** As {@link #exit()}, but signals wherever the end is seen, for callers that hand it on. */
  Mono<GatewayEnd> exit(Duration timeout) {
    return ending.exit(timeout);
  }

  @Override
  public Mono<GatewayEnd> kill() {
    return signalled(exit(Duration.ZERO));
  }

  /** Kills the worker without a word, from any thread, without waiting. */
  void killNow() {
    connection.kill();
  }

  /** Runs code; see {@link RemoteExec#open}. */
  Mono<Channel> exec(PythonSource source, @Nullable String function, Map<String, ?> kwargs) {
    return opening(
        states ->
            spec.bootstrapImport()
                ? StockExecution.exec(engine, states, source, function, kwargs)
                : engine.exec(states, source.text(), source.fileName(), function, kwargs));
  }

  /** Opens a channel; one that is opened for somebody who has gone meanwhile is closed. */
  private Mono<Channel> opening(ToIntFunction<IntFunction<ChannelState>> opener) {
    return Mono.<Channel>create(sink -> onLoop(() -> open(opener, sink)))
        .transform(this::signalled)
        .doOnDiscard(DefaultChannel.class, channel -> channel.close().subscribe());
  }

  private void open(ToIntFunction<IntFunction<ChannelState>> opener, MonoSink<Channel> sink) {
    try {
      ending.checkOpen();
      ChannelState[] state = new ChannelState[1];
      opener.applyAsInt(channelId -> state[0] = new ChannelState(this, channelId));
      flushLater();
      sink.success(state[0].reference());
    } catch (RuntimeException | Error e) {
      sink.error(e);
    }
  }

  // ---- threads

  EventLoop loop() {
    return loop;
  }

  void onLoop(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  Scheduler loopScheduler() {
    return loopScheduler;
  }

  /** The same signals on the scheduler that subscribers get theirs on. */
  <T> Mono<T> signalled(Mono<T> mono) {
    return isImmediate() ? mono : mono.publishOn(options.scheduler());
  }

  /** A source that is subscribed to, requested from and cancelled there, not on the event loop. */
  <T> Flux<T> requestedOnScheduler(Flux<T> source) {
    return isImmediate()
        ? source
        : source.cancelOn(options.scheduler()).subscribeOn(options.scheduler());
  }

  private boolean isImmediate() {
    return options.scheduler() == Schedulers.immediate();
  }

  /** Does something on the event loop, lazily, and completes when it is done. */
  Mono<Void> command(LoopCommand command) {
    return signalled(
        Mono.create(
            sink ->
                onLoop(
                    () -> {
                      CommandResult result = new CommandResult(sink);
                      sink.onDispose(result);
                      command.start(result);
                    })));
  }

  private final class CommandResult implements LoopCommand.Result, Disposable {

    private final MonoSink<Void> sink;
    private volatile boolean disposed;

    CommandResult(MonoSink<Void> sink) {
      this.sink = sink;
    }

    @Override
    public void run(Runnable step) {
      if (disposed) {
        return;
      }
      try {
        step.run();
        flushLater();
        sink.success();
      } catch (RuntimeException | Error e) {
        sink.error(e);
      }
    }

    @Override
    public void dispose() {
      disposed = true;
    }
  }

  // ---- the event loop

  GroupOptions options() {
    return options;
  }

  ProtocolEngine engine() {
    return engine;
  }

  ReadGate readGate() {
    return readGate;
  }

  WriteGate writeGate() {
    return writeGate;
  }

  /** This gateway as transports use it. */
  Hop hop() {
    return hop;
  }

  /** Throws what ended it. */
  void checkOpen() {
    ending.checkOpen();
  }

  boolean isWritable() {
    return connection.isWritable();
  }

  void flushLater() {
    if (engine.outbound().length() >= FLUSH_AT) {
      flush();
    } else if (!flushScheduled && engine.outbound().length() > 0) {
      flushScheduled = true;
      loop.execute(this::flush);
    }
  }

  void flush() {
    flushScheduled = false;
    FrameBuffer frames = engine.outbound();
    if (frames.length() > 0) {
      try {
        connection.write(frames.view());
      } catch (RuntimeException | Error e) {
        // What was to be written is lost, so that the other side would wait for it for ever.
        ending.lost("the connection can't be written to", e);
      } finally {
        frames.clear();
      }
    }
  }

  @Override
  public void onBytes(ByteBuffer bytes) {
    try {
      engine.receive(bytes);
      flushLater();
    } catch (ProtocolException e) {
      LOGGER.error("gateway {}: {}", id, e.getMessage());
      ending.lost("the worker broke the protocol", e);
    } catch (RuntimeException e) {
      LOGGER.error("gateway {}: what the worker sent could not be handled", id, e);
      ending.lost("what the worker sent could not be handled", e);
    }
  }

  @Override
  public void onWritable() {
    writeGate.writable();
  }

  @Override
  public void onOutput(int descriptor, ByteBuffer bytes) {
    output.add(descriptor, bytes);
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    output.end();
    ending.lost(cause == null ? "the connection ended" : "the connection broke", cause);
  }

  @Override
  public ChannelReceiver onChannelOpened(int channelId) {
    return new ChannelState(this, channelId);
  }

  @Override
  public ChannelReference closedChannel(int channelId) {
    ChannelState state = new ChannelState(this, channelId);
    state.onClosed(null);
    return state.reference();
  }

  @Override
  public void onTerminate() {
    ending.lost("the worker ended the connection", null);
  }

  /** Ends every channel, and everybody who waits to send; on the event loop only. */
  void endChannels(ExecnetException error) {
    engine.disconnected(error);
    writeGate.end();
  }

  GatewayLostException lostException(
      String reason, @Nullable ExitStatus status, @Nullable Throwable cause) {
    return new GatewayLostException(id, reason, status, output.standardError(), cause);
  }

  ChannelClosedException exitedException() {
    return new ChannelClosedException("gateway " + id + " has exited", null);
  }

  @Override
  public String toString() {
    return "Gateway(" + id + ", " + spec + ")";
  }
}
