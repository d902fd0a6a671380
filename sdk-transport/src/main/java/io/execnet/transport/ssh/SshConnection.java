package io.execnet.transport.ssh;

import io.execnet.core.ExitStatus;
import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.EventLoop;
import io.execnet.transport.HandlerSlot;
import io.execnet.transport.NettyEventLoop;
import io.execnet.transport.QuietEnd;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A process on another host, over a channel of an SSH session that others may share. */
final class SshConnection implements Connection, SshReader.Taker {

  /** How long a server that sends signals takes to say how the killed process ended. */
  private static final Duration SIGNAL = Duration.ofMillis(300);

  /** How long any server may take. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(3);

  private final SshCommands commands;
  private final SshLease lease;
  private final SshExec channel;
  private final SshExit exit;
  private final io.netty.channel.EventLoop netty;
  private final EventLoop loop;
  private final SocketAddress remoteAddress;
  private final SshErrors errors;
  private final SshReader reader;
  private final SshWriter writer;
  private final ProcessIdScanner process = new ProcessIdScanner();
  private final HandlerSlot slot = new HandlerSlot();
  private final QuietEnd quiet;
  private final AtomicBoolean killed = new AtomicBoolean();
  private boolean reading = true;
  private boolean closing;
  private boolean dropping;
  private boolean requested;
  private boolean channelClosed;

  /** Takes an open channel over, and its lease. */
  SshConnection(
      SshCommands commands,
      SshLease lease,
      SshExec channel,
      SshExit exit,
      io.netty.channel.EventLoop netty,
      SshErrors errors) {
    this.commands = commands;
    this.lease = lease;
    this.channel = channel;
    this.exit = exit;
    this.netty = netty;
    this.loop = new NettyEventLoop(netty);
    this.remoteAddress = lease.session().getConnectAddress();
    this.errors = errors;
    this.reader = new SshReader(channel, channel.getAsyncOut(), this);
    this.quiet = new QuietEnd(loop, () -> !slot.isEnded(), reader::isWaiting, this::shut);
    this.writer = new SshWriter(channel, loop, slot::writable, this::writeFailed);
    exit.after(errors.ended());
    exit.told().thenRun(() -> loop.execute(quiet::processEnded));
    channel.addCloseFutureListener(it -> loop.execute(this::channelClosed));
    errors.start(channel);
  }

  @Override
  public EventLoop eventLoop() {
    return loop;
  }

  @Override
  public void start(ConnectionHandler listener) {
    slot.claim();
    loop.execute(
        () -> {
          quiet.heard();
          if (slot.fill(listener)) {
            request();
          }
        });
  }

  /** On the loop. */
  private void request() {
    if (!requested && wantsMore()) {
      requested = true;
      reader.request();
    }
  }

  /** What came before the channel closed is handed over in any case. */
  private boolean wantsMore() {
    return closing || (slot.isFilled() && (reading || slot.isEnded() || channelClosed));
  }

  @Override
  public void take(byte[] bytes, int length) {
    loop.execute(
        () -> {
          quiet.heard();
          // a worker that can't write does not see that its input has ended
          dropping |= closing && (!slot.isFilled() || !reading);
          if (!slot.isEnded() && !dropping) {
            handOver(bytes, length);
          }
          requested = false; // not before: the next chunk takes the place of this one
          request();
        });
  }

  private void handOver(byte[] bytes, int length) {
    ByteBuffer rest =
        process.isDone()
            ? ByteBuffer.wrap(bytes, 0, length)
            : ByteBuffer.wrap(process.scan(bytes, length));
    if (rest.hasRemaining()) {
      slot.bytes(rest, this::shut);
    }
  }

  @Override
  public void end() {
    loop.execute(() -> shut(lost()));
  }

  /** What ended the channel where that was not the process. */
  private @Nullable Throwable lost() {
    if (channel.isRefused()) {
      return SshFailures.notRun(lease.shared().key().target());
    }
    boolean orderly = exit.told().getNow(null) != null || channel.isEofSignalled();
    return !orderly && lease.session().isClosing() ? lease.loss() : null;
  }

  private void channelClosed() {
    channelClosed = true;
    lease.release();
    if (!slot.isFilled()) {
      writer.close();
    }
    request();
  }

  /** On the loop: the end, seen from here. */
  private void shut(@Nullable Throwable cause) {
    if (!slot.end(cause)) {
      return;
    }
    writer.close();
    slot.tell();
    if (!channelClosed) {
      SshClosing.close(channel, false);
    }
  }

  @Override
  public void setReading(boolean on) {
    reading = on;
    quiet.heard();
    request();
  }

  @Override
  public void write(ByteBuffer bytes) {
    writer.write(bytes);
  }

  private void writeFailed(Throwable cause) {
    if (!closing) { // else it may work on, and nothing more is to be written
      quiet.writeFailed(cause);
    }
  }

  @Override
  public boolean isWritable() {
    return writer.isWritable();
  }

  @Override
  public void close() {
    loop.execute(
        () -> {
          closing = true;
          writer.finish();
          request();
        });
  }

  @Override
  public void kill() {
    if (!killed.compareAndSet(false, true)) {
      return;
    }
    if (Schedulers.isInNonBlockingThread()) {
      // a lock of SSHD's can be taken for a moment, which an event loop does not wait for
      SshClients.WORKERS.execute(() -> SshSignal.kill(channel));
    } else {
      SshSignal.kill(channel);
    }
    loop.execute(this::discard);
  }

  /** Tells the end at once; the channel stays for the server to say how the process ended. */
  private void discard() {
    if (!slot.end(null)) {
      return;
    }
    writer.close();
    slot.tell();
    request();
    if (!channelClosed) {
      netty.schedule(this::killByCommand, SIGNAL.toMillis(), TimeUnit.MILLISECONDS);
      netty.schedule(
          () -> SshClosing.close(channel, false), LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void killByCommand() {
    if (!channelClosed && !exit.told().isDone() && process.pid().isPresent()) {
      SshSignal.kill(commands, lease.shared().key(), process.pid().getAsLong(), LAST_WORDS);
    }
  }

  @Override
  public Mono<ExitStatus> exitStatus() {
    return exit.status();
  }

  @Override
  public Optional<SocketAddress> remoteAddress() {
    return Optional.of(remoteAddress);
  }

  @Override
  public String standardError() {
    return errors.text();
  }

  @Override
  public String toString() {
    return "SshConnection to " + remoteAddress;
  }
}
