package io.execnet.transport.via;

import io.execnet.core.BootstrapException;
import io.execnet.core.ExitStatus;
import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.EventLoop;
import io.execnet.transport.HandlerSlot;
import io.execnet.transport.Hop;
import io.execnet.transport.output.OutputSink;
import io.execnet.transport.ssh.OpenSshProcess;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * A byte stream that a hop's worker has opened and relays over one of its channels. Its state lives
 * on the hop's event loop.
 */
final class ViaConnection implements Connection, ForwarderChannel.Listener {

  /** How long the hop's ssh client may take to end after what it led to was killed. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final Hop hop;
  private final ForwarderChannel forwarder;
  private final FarInput input;
  private final FarOutput output;
  private final FarErrors errors;
  private final @Nullable OpenSshProcess behindSsh;
  private final FarExit exit;
  private final HandlerSlot slot = new HandlerSlot();
  private volatile @Nullable SocketAddress address;
  private @Nullable MonoSink<ViaConnection> opening;
  private boolean killed;

  private ViaConnection(Hop hop, FarEnd far, OutputSink errorSink) {
    this.hop = hop;
    this.address = far.address();
    this.behindSsh = far.ssh() == null ? null : new OpenSshProcess(far.ssh());
    this.forwarder = new ForwarderChannel(hop, this);
    this.input = new FarInput(forwarder::data, () -> forwarder.command(Forwarder.CLOSE, 0));
    this.output = new FarOutput(n -> forwarder.command(Forwarder.OUTPUT_CREDIT, n), this::shut);
    this.errors =
        new FarErrors(
            errorSink, hop.eventLoop(), n -> forwarder.command(Forwarder.ERRORS_CREDIT, n));
    this.exit = new FarExit(hop.eventLoop(), errors, behindSsh);
  }

  /**
   * Has the hop open a stream, on subscription.
   *
   * @return the stream, on which nothing has been said, or a {@link BootstrapException}
   */
  static Mono<ViaConnection> open(Hop hop, FarEnd far, OutputSink errorSink) {
    return Mono.create(
        sink -> {
          ViaConnection connection = new ViaConnection(hop, far, errorSink);
          sink.onCancel(connection::kill);
          hop.eventLoop().execute(() -> connection.begin(far.how(), sink));
        });
  }

  private void begin(Map<String, ?> how, MonoSink<ViaConnection> sink) {
    if (!slot.isEnded()) {
      opening = sink;
      forwarder.start(how);
    }
  }

  // ---- what the forwarder tells

  @Override
  public void onStarted(@Nullable SocketAddress remote) {
    if (remote != null) {
      address = remote;
    }
    MonoSink<ViaConnection> sink = opening;
    opening = null;
    if (sink != null) {
      sink.success(this);
    }
  }

  @Override
  public void onFailed(BootstrapException error) {
    MonoSink<ViaConnection> sink = opening;
    opening = null;
    if (sink != null) {
      sink.error(error);
    }
  }

  @Override
  public void onOutput(byte[] bytes) {
    output.add(bytes);
  }

  @Override
  public void onOutputEnded() {
    output.end(null);
  }

  @Override
  public void onErrors(byte[] bytes) {
    OpenSshProcess process = behindSsh;
    if (process == null) {
      errors.add(bytes, bytes.length);
    } else {
      errors.add(process.errors(bytes), bytes.length);
      process.ended().ifPresent(this::endedBehindSsh);
    }
  }

  @Override
  public void onErrorsEnded() {
    endErrors();
    exit.onErrorsEnded();
  }

  private void endErrors() {
    if (behindSsh != null && !errors.isEnded()) {
      errors.add(behindSsh.lastErrors(), 0);
    }
    errors.end();
  }

  /** The hop's client goes on while a process that this one left behind holds the stream. */
  private void endedBehindSsh(ExitStatus status) {
    if (!exit.isTold()) {
      exit.tell(status);
      forwarder.command(Forwarder.ENDED, 0);
    }
  }

  @Override
  public void onWritten(long bytes) {
    if (input.granted(bytes)) {
      slot.writable();
    }
  }

  @Override
  public void onExited(ExitStatus status) {
    exit.onHop(status);
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    endErrors();
    output.end(cause);
    exit.onClosed();
  }

  // ---- what the user of the connection calls

  @Override
  public EventLoop eventLoop() {
    return hop.eventLoop();
  }

  @Override
  public void start(ConnectionHandler listener) {
    slot.claim();
    eventLoop()
        .execute(
            () -> {
              if (slot.fill(listener)) {
                output.start(this::handOver);
              }
            });
  }

  private void handOver(ByteBuffer bytes) {
    ByteBuffer rest = behindSsh == null ? bytes : behindSsh.output(bytes);
    if (rest.hasRemaining()) {
      slot.bytes(rest, this::shut);
    }
  }

  /** The end, for whatever reason. */
  private void shut(@Nullable Throwable cause) {
    if (!slot.end(cause)) {
      return;
    }
    input.drop();
    output.stayOpen(); // what still comes goes nowhere
    forwarder.command(Forwarder.CLOSE, 0);
    if (slot.isFilled()) {
      slot.tell();
    } else {
      output.start(this::handOver);
    }
  }

  @Override
  public void setReading(boolean reading) {
    output.setReading(reading);
  }

  @Override
  public void write(ByteBuffer bytes) {
    if (slot.isEnded()) {
      bytes.position(bytes.limit());
    } else if (bytes.hasRemaining()) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      input.write(copy);
    }
  }

  @Override
  public boolean isWritable() {
    return !slot.isEnded() && input.isWritable();
  }

  @Override
  public void close() {
    eventLoop()
        .execute(
            () -> {
              if (!slot.isFilled()) {
                shut(null);
              } else if (!slot.isEnded()) {
                input.finish();
                output.stayOpen();
              }
            });
  }

  @Override
  public void kill() {
    eventLoop()
        .execute(
            () -> {
              opening = null;
              if (!killed) {
                killed = true;
                killFarEnd();
              }
              shut(null);
            });
  }

  /** Where ssh leads to it, that only loses the connection if its client is killed at once. */
  private void killFarEnd() {
    Optional<List<String>> command =
        behindSsh == null || exit.isTold() ? Optional.empty() : behindSsh.kill();
    if (command.isEmpty()) {
      killHopsProcess();
      return;
    }
    exit.killing();
    FarKill.run(hop, command.get()).subscribe(done -> eventLoop().execute(() -> afterKill(done)));
  }

  private void afterKill(boolean done) {
    exit.killed(done);
    if (done) {
      forwarder.command(Forwarder.ENDED, 0);
    }
    eventLoop().schedule(LAST_WORDS, this::killHopsProcess);
  }

  private void killHopsProcess() {
    forwarder.command(Forwarder.KILL, 0);
  }

  @Override
  public Mono<ExitStatus> exitStatus() {
    return exit.status();
  }

  /** How the process that the hop started has ended, if it has; any thread. */
  Optional<ExitStatus> exited() {
    return exit.ofHop();
  }

  @Override
  public Optional<SocketAddress> remoteAddress() {
    return Optional.ofNullable(address);
  }

  @Override
  public String standardError() {
    return errors.text();
  }

  @Override
  public String toString() {
    return "ViaConnection through " + hop.id();
  }
}
