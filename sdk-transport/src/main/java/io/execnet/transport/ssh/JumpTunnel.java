package io.execnet.transport.ssh;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.client.channel.ChannelDirectTcpip;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.IoWriteFutureImpl;
import org.apache.sshd.common.channel.StreamingChannel.Streaming;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.io.DefaultIoConnectFuture;
import org.apache.sshd.common.io.IoConnectFuture;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoOutputStream;
import org.apache.sshd.common.io.IoService;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.jspecify.annotations.Nullable;

/**
 * What a session runs on that goes through a jump host: a {@code direct-tcpip} channel (RFC 4254,
 * section 7.2) of the session there, so that no port of this host leads to the target. Reads and
 * writes change threads, for the locks of the two sessions must not be taken one in the other.
 */
final class JumpTunnel extends AbstractCloseable implements IoSession, SshReader.Taker {

  /** Where the connection comes from; servers only log it. */
  private static final SshdSocketAddress ORIGIN = new SshdSocketAddress("127.0.0.1", 65535);

  private static final AtomicLong IDS = new AtomicLong();

  private final long id = IDS.incrementAndGet();
  private final ClientSession jump;
  private final InetSocketAddress target;
  private final IoService service;
  private final IoHandler handler;
  private final TunnelChannel channel;
  private final Map<Object, Object> attributes = new ConcurrentHashMap<>();
  // guarded by itself
  private final ArrayDeque<IoWriteFutureImpl> writes = new ArrayDeque<>();

  /** Knows when all has come and been taken, for SSHD only notes that the target has ended. */
  private final TakenCount count = new TakenCount();

  private final SuspendableRead nextRead = new SuspendableRead(this::read);
  private volatile @Nullable SshReader reader;

  private JumpTunnel(
      ClientSession jump, InetSocketAddress target, IoService service, IoHandler handler) {
    this.jump = jump;
    this.target = target;
    this.service = service;
    this.handler = handler;
    this.channel =
        new TunnelChannel(new SshdSocketAddress(target.getHostString(), target.getPort()));
  }

  private final class TunnelChannel extends ChannelDirectTcpip {

    TunnelChannel(SshdSocketAddress exit) {
      super(ORIGIN, exit);
      setStreaming(Streaming.Async);
    }

    @Override
    protected void doWriteData(byte[] data, int offset, long length) throws IOException {
      count.received(length); // one thread at a time gets here
      super.doWriteData(data, offset, length);
    }

    @Override
    public void handleEof() throws IOException {
      super.handleEof();
      count.ended();
      endIfAllTaken();
    }
  }

  /**
   * Opens one. A channel that the jump host opens after a cancel is closed then.
   *
   * @param context what the new session is told
   * @param target its name need not mean anything here
   */
  static IoConnectFuture open(
      ClientSession jump,
      AttributeRepository context,
      InetSocketAddress target,
      IoService service,
      IoHandler handler) {
    DefaultIoConnectFuture future = new DefaultIoConnectFuture(target, null);
    JumpTunnel tunnel = new JumpTunnel(jump, target, service, handler);
    tunnel.setAttribute(AttributeRepository.class, context);
    tunnel.open(future);
    return future;
  }

  private void open(IoConnectFuture future) {
    try {
      jump.getService(ConnectionService.class).registerChannel(channel);
      channel.addCloseFutureListener(it -> future.setException(notOpened(null)));
      channel.open().addListener(it -> answered(it, future));
    } catch (IOException | RuntimeException e) {
      SshClosing.close(channel, true);
      future.setException(notOpened(e));
    }
  }

  private void answered(OpenFuture opening, IoConnectFuture future) {
    if (!opening.isOpened()) {
      future.setException(notOpened(opening.getException()));
    } else if (future.isDone()) { // cancelled
      SshClosing.close(channel, false);
    } else {
      SshClients.WORKERS.execute(() -> begin(future));
    }
  }

  private IOException notOpened(@Nullable Throwable cause) {
    if (jump.isClosing()) {
      return ended();
    }
    String why = cause == null ? "it closed the channel" : cause.getMessage();
    boolean forbidden =
        cause instanceof SshChannelOpenException refusal
            && refusal.getReasonCode() == SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED;
    return new IOException(
        (forbidden
                ? "the jump host forbids it (AllowTcpForwarding, PermitOpen): "
                : "the jump host could not connect to it: ")
            + why,
        cause);
  }

  /** Why there is no channel any more. */
  private IOException ended() {
    return jump.isClosing()
        ? SshFailures.lost(SshAttempt.of(jump))
        : new IOException("the connection through the jump host has ended");
  }

  private void begin(IoConnectFuture future) {
    try {
      handler.sessionCreated(this);
    } catch (Exception e) {
      future.setException(e);
      close(true);
      return;
    }
    future.setSession(this);
    if (future.getSession() == this) {
      reader = new SshReader(channel, channel.getAsyncOut(), this);
      nextRead.next();
      endIfAllTaken();
    } else {
      close(true);
    }
  }

  // ---- from the jump host

  @Override
  public void take(byte[] bytes, int length) {
    SshClients.WORKERS.execute(
        () -> {
          try {
            if (!isClosed()) {
              handler.messageReceived(this, new ByteArrayBuffer(bytes, 0, length));
            }
            count.taken(length);
            nextRead.next();
            endIfAllTaken();
          } catch (Exception e) {
            failed(e);
          }
        });
  }

  @Override
  public void end() {
    SshClients.WORKERS.execute(
        () -> {
          if (jump.isClosing()) {
            failed(ended());
          } else {
            close(true);
          }
        });
  }

  private void endIfAllTaken() {
    if (reader != null && count.isOver()) {
      end();
    }
  }

  private void read() {
    Objects.requireNonNull(reader).request();
  }

  @Override
  public void suspendRead() {
    nextRead.suspend();
  }

  @Override
  public void resumeRead() {
    nextRead.resume();
  }

  private void failed(Throwable error) {
    if (!isClosing()) {
      try {
        handler.exceptionCaught(this, error);
      } catch (Exception e) {
        error.addSuppressed(e);
      }
    }
    close(true);
  }

  // ---- to the jump host

  @Override
  public IoWriteFuture writeBuffer(Buffer buffer) {
    // as plain bytes, for the channel takes a packet of SSHD's for one of its own session
    Buffer bytes = new ByteArrayBuffer(buffer.array(), buffer.rpos(), buffer.available());
    IoWriteFutureImpl write = new IoWriteFutureImpl(id, bytes);
    boolean first;
    boolean late;
    synchronized (writes) {
      late = isClosing();
      first = !late && writes.isEmpty();
      if (!late) {
        writes.add(write);
      }
    }
    if (late) {
      write.setValue(ended());
    } else if (first) {
      SshClients.WORKERS.execute(() -> write(write));
    }
    return write;
  }

  private void write(IoWriteFutureImpl write) {
    try {
      // a thread of SSHD's own is not made to wait while keys are exchanged anew
      ThreadUtils.runAsInternal(write.getBuffer(), channel.getAsyncIn()::writeBuffer)
          .addListener(
              it ->
                  SshClients.WORKERS.execute(
                      () -> written(write, it.isWritten() ? Boolean.TRUE : ended())));
    } catch (IOException | RuntimeException e) {
      log.debug("a write to a channel that has closed", e);
      written(write, ended());
    }
  }

  private void written(IoWriteFutureImpl write, Object result) {
    IoWriteFutureImpl next;
    synchronized (writes) {
      writes.remove(write);
      next = writes.peek();
    }
    write.setValue(result);
    if (result instanceof Throwable error) {
      failed(error);
    } else if (next != null) {
      write(next);
    }
  }

  @Override
  public void shutdownOutputStream() {
    throw new UnsupportedOperationException("a session ends both ways at once");
  }

  // ---- the end

  /** A copy, for what listens to these may want to write. */
  private List<IoWriteFutureImpl> unwritten() {
    synchronized (writes) {
      return List.copyOf(writes);
    }
  }

  @Override
  protected CloseFuture doCloseGracefully() {
    return builder().when(id, unwritten()).build().close(false);
  }

  @Override
  protected void doCloseImmediately() {
    unwritten().forEach(it -> it.setValue(ended()));
    synchronized (writes) {
      writes.clear();
    }
    // what is waiting for window would keep the channel from closing
    IoOutputStream out = channel.getAsyncIn();
    SshClients.WORKERS.execute(() -> out.close(true));
    SshClosing.close(channel, false);
    super.doCloseImmediately();
    try {
      handler.sessionClosed(this);
    } catch (Exception e) {
      log.debug("the end of " + this, e);
    }
  }

  // ---- what else a session wants to know

  @Override
  public long getId() {
    return id;
  }

  @Override
  public SocketAddress getRemoteAddress() {
    return target;
  }

  @Override
  public @Nullable SocketAddress getLocalAddress() {
    return channel.getSession().getLocalAddress();
  }

  @Override
  public @Nullable SocketAddress getAcceptanceAddress() {
    return null;
  }

  @Override
  public IoService getService() {
    return service;
  }

  @Override
  public @Nullable Object getAttribute(Object key) {
    return attributes.get(key);
  }

  @Override
  public @Nullable Object setAttribute(Object key, Object value) {
    return attributes.put(key, value);
  }

  @Override
  public @Nullable Object setAttributeIfAbsent(Object key, Object value) {
    return attributes.putIfAbsent(key, value);
  }

  @Override
  public @Nullable Object removeAttribute(Object key) {
    return attributes.remove(key);
  }

  @Override
  public String toString() {
    return "JumpTunnel[" + target + "]";
  }
}
