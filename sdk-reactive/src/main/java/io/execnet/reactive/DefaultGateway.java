package io.execnet.reactive;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.ExecnetException;
import io.execnet.core.ExitStatus;
import io.execnet.core.GatewayLostException;
import io.execnet.core.ProtocolException;
import io.execnet.core.protocol.ProtocolEngine;
import io.execnet.core.spec.XSpec;
import io.execnet.core.value.StringCoercion;
import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.Hop;
import io.execnet.transport.OutputLine;
import io.execnet.transport.socket.ServiceControl;
import io.execnet.transport.socket.SocketServices;
import io.execnet.transport.via.ServiceControlThrough;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Joins a connection, the protocol engine and the channels. All of its state lives on the
 * connection's event loop; what users call goes there by {@link GatewayThreads#onLoop}.
 */
final class DefaultGateway implements Gateway, ConnectionHandler {

  private static final Logger LOGGER = Loggers.getLogger(Gateway.class);

  private final String id;
  private final XSpec spec;
  private final GroupOptions options;
  private final Connection connection;
  private final GatewayThreads threads;
  private final EngineEvents events = new EngineEvents(this);
  private final ProtocolEngine engine;
  private final OutputHub hub;
  private final GatewayOutput output;
  private final ReadGate readGate;
  private final WriteGate writeGate;
  private final ChannelOpener channels;
  private final FrameWriter frames;
  private final Heartbeat heartbeat;
  private final GatewayBuffer buffer;
  private final GatewayInspection inspection;
  private final GatewayEnding ending;
  private final Mono<RInfo> rinfo;
  private final Hop hop = new GatewayHop(this);
  private long heardAt = System.nanoTime();

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
    this.threads =
        new GatewayThreads(connection.eventLoop(), options.scheduler(), this::flushLater);
    this.engine =
        spec.bootstrapImport()
            ? new ProtocolEngine(options.limits(), events)
            : ProtocolEngine.withHello(
                options.limits(), events, options.flowControl().orElse(null));
    this.hub = hub;
    this.output = new GatewayOutput(this, connection, engine, hub);
    this.readGate = new ReadGate(connection);
    this.writeGate = new WriteGate(connection);
    this.ending = new GatewayEnding(this, connection, output.handedOver(), onGone);
    this.channels = new ChannelOpener(this, engine);
    this.frames =
        new FrameWriter(
            engine, connection, e -> ending.condemn("the connection can't be written to", e));
    this.heartbeat = new Heartbeat(this, options.ping());
    this.buffer = new GatewayBuffer(id, options.gatewayBufferBytes());
    this.inspection = new GatewayInspection(this, connection, output, ending, options);
    this.rinfo = WorkerQueries.rinfo(this).cacheInvalidateIf(info -> false);
  }

  void start() {
    connection.start(this);
    threads.onLoop(inspection::start);
    // What a dead worker left unread is bounded, and its end has to be seen behind it.
    connection.exitStatus().subscribe(status -> threads.onLoop(readGate::stayOpen), error -> {});
  }

  /** Completes when the worker has said what it can do; fails where it is lost before. */
  Mono<Void> ready() {
    return spec.bootstrapImport()
        ? Mono.empty()
        : Mono.firstWithSignal(
            events.hello(), ending.onEnd().then(Mono.error(this::exitedException)));
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
    return new DefaultRemoteExec(this, source, null, Map.of(), null);
  }

  @Override
  public Mono<Channel> newChannel() {
    return channels.open();
  }

  @Override
  public Mono<RemoteStatus> remoteStatus() {
    return WorkerQueries.status(channels.status());
  }

  @Override
  public Mono<RInfo> rinfo() {
    return rinfo;
  }

  @Override
  public SocketServices services() {
    ServiceControl there = new ServiceControlThrough(hop);
    return new SocketServices(
        (deadline, arguments) -> threads.signalled(there.run(deadline, arguments)));
  }

  @Override
  public Mono<Void> reconfigure(StringCoercion coercion) {
    return threads.command(result -> result.run(() -> engine.reconfigureGateway(coercion)));
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
  public Set<Capability> capabilities() {
    return events.capabilities();
  }

  @Override
  public Mono<GatewayFlow> flow() {
    return threads.signalled(Mono.create(sink -> threads.onLoop(() -> sink.success(flowNow()))));
  }

  @Override
  public Mono<Diagnosis> diagnose(Duration timeout) {
    return inspection.worker().ask(timeout);
  }

  /** On the event loop only. */
  GatewayFlow flowNow() {
    return inspection.flowNow();
  }

  /** On the event loop only: when bytes last arrived, as {@link System#nanoTime()}. */
  long heardAt() {
    return heardAt;
  }

  @Override
  public Optional<SocketAddress> remoteAddress() {
    return connection.remoteAddress();
  }

  @Override
  public Mono<Void> onEnd() {
    return threads.signalled(ending.onEnd());
  }

  @Override
  public Mono<GatewayEnd> exit() {
    return threads.signalled(exit(options.terminateTimeout()));
  }

  /** As {@link #exit()}, but signals wherever the end is seen, for callers that hand it on. */
  Mono<GatewayEnd> exit(Duration timeout) {
    return ending.exit(timeout);
  }

  @Override
  public Mono<GatewayEnd> kill() {
    return threads.signalled(exit(Duration.ZERO));
  }

  /** Kills the worker without a word, from any thread, without waiting. */
  void killNow() {
    connection.kill();
  }

  ChannelOpener channels() {
    return channels;
  }

  // ---- the event loop

  GatewayThreads threads() {
    return threads;
  }

  GroupOptions options() {
    return options;
  }

  ProtocolEngine engine() {
    return engine;
  }

  /** What its channels hold together. */
  GatewayBuffer buffer() {
    return buffer;
  }

  GatewayInspection inspection() {
    return inspection;
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
    frames.flushLater();
  }

  void flush() {
    frames.flush();
  }

  /** Kills the worker, and loses the gateway, for this reason. */
  void condemn(String reason) {
    if (isOpen()) {
      LOGGER.error("gateway {}: {}", id, reason);
      ending.condemn(reason, null);
    }
  }

  @Override
  public void onBytes(ByteBuffer bytes) {
    int count = bytes.remaining();
    heardAt = System.nanoTime();
    try {
      engine.receive(bytes);
      heartbeat.heard(count);
      flushLater();
    } catch (ProtocolException e) {
      LOGGER.error("gateway {}: {}", id, e.getMessage());
      ending.condemn("the worker broke the protocol", e);
    } catch (RuntimeException e) {
      LOGGER.error("gateway {}: what the worker sent could not be handled", id, e);
      ending.condemn("what the worker sent could not be handled", e);
    }
  }

  @Override
  public void onWritable() {
    heartbeat.heard();
    writeGate.writable();
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    output.end();
    ending.lost(cause == null ? "the connection ended" : "the connection broke", cause);
  }

  /** The worker has said what it can do; on the event loop only. */
  void greeted() {
    heartbeat.start();
    flushLater();
  }

  /** What the worker printed; on the event loop only. */
  void printed(int descriptor, ByteBuffer bytes) {
    output.add(descriptor, bytes);
  }

  /** The worker said goodbye; on the event loop only. */
  void dismissed() {
    ending.lost("the worker ended the connection", null);
  }

  /** Looks after nothing any more; on the event loop only. */
  void stopWatching() {
    heartbeat.stop();
    inspection.stop();
  }

  /** Ends every channel, and everybody who waits to send; on the event loop only. */
  void endChannels(ExecnetException error) {
    stopWatching();
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
