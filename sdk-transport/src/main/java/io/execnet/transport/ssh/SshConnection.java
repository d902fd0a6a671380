package io.execnet.transport.ssh;

import io.execnet.core.ExitStatus;
import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.EventLoop;
import io.execnet.transport.NettyEventLoop;
import io.execnet.transport.output.OutputSink;
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

  /** After the process ended, a channel that is silent for so long holds nothing more of it. */
  private static final Duration QUIET = Duration.ofMillis(200);

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
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicBoolean killed = new AtomicBoolean();
  private @Nullable ConnectionHandler handler;
  private @Nullable Throwable failure;
  private boolean reading = true;
  private boolean closing;
  private boolean dropping;
  private boolean requested;
  private boolean channelClosed;
  private boolean heard;
  private boolean closed;
  private boolean told;

  /** Takes an open channel over, and its lease. */
  SshConnection(
      SshCommands commands,
      SshLease lease,
      SshExec channel,
      SshExit exit,
      io.netty.channel.EventLoop netty,
      OutputSink errorSink) {
    this.commands = commands;
    this.lease = lease;
    this.channel = channel;
    this.exit = exit;
    this.netty = netty;
    this.loop = new NettyEventLoop(netty);
    this.remoteAddress = lease.session().getConnectAddress();
    this.errors = new SshErrors(channel, errorSink);
    this.reader = new SshReader(channel, channel.getAsyncOut(), this);
    this.writer = new SshWriter(channel, loop, this::writable);
    exit.after(errors.ended());
    exit.told().thenRun(() -> loop.execute(this::watchForQuiet));
    channel.addCloseFutureListener(it -> loop.execute(this::channelClosed));
    errors.start();
  }

  @Override
  public EventLoop eventLoop() {
    return loop;
  }

  @Override
  public void start(ConnectionHandler listener) {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("the connection has a handler already");
    }
    loop.execute(
        () -> {
          handler = listener;
          heard = true;
          if (closed) {
            tellClosed();
          } else {
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
    return closing || (handler != null && (reading || closed || channelClosed));
  }

  @Override
  public void take(byte[] bytes, int length) {
    loop.execute(
        () -> {
          heard = true;
          ConnectionHandler listener = handler;
          // a worker that can't write does not see that its input has ended
          dropping |= closing && (listener == null || !reading);
          if (listener != null && !closed && !dropping) {
            try {
              handOver(listener, bytes, length);
            } catch (RuntimeException | Error e) {
              shut(e);
            }
          }
          requested = false; // not before: the next chunk takes the place of this one
          request();
        });
  }

  private void handOver(ConnectionHandler listener, byte[] bytes, int length) {
    ByteBuffer rest =
        process.isDone()
            ? ByteBuffer.wrap(bytes, 0, length)
            : ByteBuffer.wrap(process.scan(bytes, length));
    if (rest.hasRemaining()) {
      listener.onBytes(rest);
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
    if (handler == null) {
      writer.close();
    }
    request();
  }

  private void writable() {
    ConnectionHandler listener = handler;
    if (listener != null && !closed) {
      listener.onWritable();
    }
  }

  /** On the loop: the end, seen from here. */
  private void shut(@Nullable Throwable cause) {
    if (closed) {
      return;
    }
    closed = true;
    failure = cause;
    writer.close();
    tellClosed();
    if (!channelClosed) {
      SshClosing.close(channel, false);
    }
  }

  private void tellClosed() {
    ConnectionHandler listener = handler;
    if (listener != null && !told) {
      told = true;
      listener.onClosed(failure);
    }
  }

  /** A process that the worker left behind may hold the channel open: then silence is the end. */
  private void watchForQuiet() {
    heard = false;
    netty.schedule(this::closeIfQuiet, QUIET.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void closeIfQuiet() {
    if (closed) {
      return;
    }
    if (heard || !reader.isWaiting()) {
      watchForQuiet();
    } else {
      shut(null);
    }
  }

  @Override
  public void setReading(boolean on) {
    reading = on;
    heard |= on;
    request();
  }

  @Override
  public void write(ByteBuffer bytes) {
    writer.write(bytes);
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
    if (closed) {
      return;
    }
    closed = true;
    writer.close();
    tellClosed();
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
