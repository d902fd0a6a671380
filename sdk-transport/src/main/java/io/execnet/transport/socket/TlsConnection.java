package io.execnet.transport.socket;

import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.ForwardingConnection;
import io.execnet.transport.HandlerSlot;
import io.execnet.transport.output.BlockingWork;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS over a connection that is none of Netty's. The handshake begins with {@link #start}; where it
 * fails, that is what the handler is told as the end. Its state lives on the event loop.
 */
final class TlsConnection extends ForwardingConnection implements ConnectionHandler {

  /** So much may wait for the handshake before it counts as not writable. */
  private static final int MANY = 256 * 1024;

  /** How long the other side may take to end after it has been told what was wrong. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final String shown;
  private final Supplier<SSLEngine> engines;
  private final HandlerSlot slot = new HandlerSlot();
  private final ArrayDeque<ByteBuffer> waiting = new ArrayDeque<>();
  private @Nullable SSLEngine engine;
  private ByteBuffer received = NOTHING;
  private ByteBuffer plain = NOTHING;
  private ByteBuffer sealed = NOTHING;
  private long waitingBytes;
  private boolean full;
  private boolean handshaking = true;
  private boolean reading = true;
  private boolean busy;
  private boolean working;
  private boolean closing;
  private boolean finished;

  /**
   * Begins with nothing said.
   *
   * @param raw nobody has started it
   * @param engines makes a client's engine, on a thread that may block
   * @param shown the server, as people name it
   */
  TlsConnection(Connection raw, Supplier<SSLEngine> engines, String shown) {
    super(raw);
    this.engines = engines;
    this.shown = shown;
  }

  @Override
  public void start(ConnectionHandler listener) {
    slot.claim();
    eventLoop()
        .execute(
            () -> {
              slot.fill(listener);
              raw.start(this);
              if (!closing) {
                BlockingWork.EXECUTOR.execute(this::begin);
              }
            });
  }

  /** The handshake begins with random numbers, which the system has in a file. */
  private void begin() {
    try {
      SSLEngine made = engines.get();
      made.beginHandshake();
      eventLoop().execute(() -> begun(made));
    } catch (SSLException | RuntimeException e) {
      eventLoop().execute(() -> fail(e));
    }
  }

  private void begun(SSLEngine made) {
    engine = made;
    proceed();
  }

  /** Takes what steps there are to take. A call from within one leaves the rest to it. */
  private void proceed() {
    SSLEngine tls = engine;
    if (tls == null || busy) {
      return;
    }
    busy = true;
    try {
      boolean more = true;
      while (more && !slot.isEnded()) {
        more = step(tls);
      }
    } catch (SSLException e) {
      fail(e);
    } finally {
      busy = false;
    }
    if (full && waitingBytes == 0 && raw.isWritable()) {
      full = false;
      slot.writable();
    }
  }

  private boolean step(SSLEngine tls) throws SSLException {
    HandshakeStatus status = tls.getHandshakeStatus();
    if (status == HandshakeStatus.NEED_TASK) {
      work(tls);
      return false;
    }
    if (status == HandshakeStatus.NEED_WRAP) {
      return wrap(tls, NOTHING);
    }
    if (status == HandshakeStatus.NOT_HANDSHAKING) {
      if (handshaking) {
        handshaking = false;
        raw.setReading(reading);
      }
      if (!waiting.isEmpty()) {
        return wrapNext(tls);
      }
      if (closing && !finished) {
        finish(tls);
        return true;
      }
    }
    return received.hasRemaining() && !tls.isInboundDone() && unwrap(tls);
  }

  /** What takes long, like looking at certificates, is no work for an event loop. */
  private void work(SSLEngine tls) {
    if (working) {
      return;
    }
    working = true;
    raw.setReading(false);
    BlockingWork.EXECUTOR.execute(
        () -> {
          for (Runnable task = tls.getDelegatedTask(); task != null; ) {
            task.run();
            task = tls.getDelegatedTask();
          }
          eventLoop()
              .execute(
                  () -> {
                    working = false;
                    raw.setReading(handshaking || reading);
                    proceed();
                  });
        });
  }

  private boolean wrapNext(SSLEngine tls) throws SSLException {
    ByteBuffer next = waiting.element();
    int before = next.remaining();
    boolean more = wrap(tls, next);
    waitingBytes -= before - next.remaining();
    if (!next.hasRemaining()) {
      waiting.remove();
    }
    return more;
  }

  /** Whether there may be more to do. */
  private boolean wrap(SSLEngine tls, ByteBuffer bytes) throws SSLException {
    sealed.clear();
    SSLEngineResult result = tls.wrap(bytes, sealed);
    if (result.getStatus() == Status.BUFFER_OVERFLOW) {
      sealed = ByteBuffer.allocate(tls.getSession().getPacketBufferSize());
      return true;
    }
    sealed.flip();
    if (sealed.hasRemaining()) {
      raw.write(sealed);
    }
    if (result.getStatus() == Status.CLOSED) { // by the other side: it takes no more
      waiting.clear();
      waitingBytes = 0;
    }
    return result.bytesProduced() > 0;
  }

  private boolean unwrap(SSLEngine tls) throws SSLException {
    HandshakeStatus before = tls.getHandshakeStatus();
    plain.clear();
    SSLEngineResult result = tls.unwrap(received, plain);
    switch (result.getStatus()) {
      case BUFFER_UNDERFLOW -> {
        return false;
      }
      case BUFFER_OVERFLOW -> {
        plain = ByteBuffer.allocate(tls.getSession().getApplicationBufferSize());
        return true;
      }
      default -> {
        plain.flip();
        if (plain.hasRemaining()) {
          slot.bytes(plain, this::fail);
        }
        return result.bytesConsumed() > 0 || tls.getHandshakeStatus() != before;
      }
    }
  }

  @Override
  public void onBytes(ByteBuffer bytes) {
    ByteBuffer all = ByteBuffer.allocate(received.remaining() + bytes.remaining());
    received = all.put(received).put(bytes).flip();
    proceed();
  }

  @Override
  public void onWritable() {
    if (isWritable()) {
      full = false;
      slot.writable();
    }
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    boolean early = handshaking && !closing;
    String what = "the connection was closed in the handshake";
    if (slot.end(early ? TlsOptions.refused(shown, new SSLException(what, cause)) : cause)) {
      slot.tell();
    }
  }

  private void fail(Throwable error) {
    boolean early = handshaking && error instanceof SSLException;
    if (!slot.end(early ? TlsOptions.refused(shown, error) : error)) {
      return;
    }
    sendAlert();
    raw.close();
    eventLoop().schedule(LAST_WORDS, raw::kill);
    slot.tell();
  }

  private void sendAlert() {
    SSLEngine tls = engine;
    if (tls == null) {
      return;
    }
    try {
      boolean more = true;
      while (more && tls.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        more = wrap(tls, NOTHING);
      }
    } catch (SSLException e) {
      // then the other side is told nothing
    }
  }

  @Override
  public void setReading(boolean on) {
    reading = on;
    if (!handshaking) {
      raw.setReading(on);
    }
  }

  @Override
  public void write(ByteBuffer bytes) {
    if (slot.isEnded() || closing) {
      bytes.position(bytes.limit());
    } else if (bytes.hasRemaining()) {
      waitingBytes += bytes.remaining();
      waiting.add(ByteBuffer.allocate(bytes.remaining()).put(bytes).flip());
      proceed();
      full = !isWritable();
    }
  }

  @Override
  public boolean isWritable() {
    return !slot.isEnded() && waitingBytes <= MANY && raw.isWritable();
  }

  @Override
  public void close() {
    eventLoop()
        .execute(
            () -> {
              closing = true;
              if (!slot.isFilled() || (handshaking && waiting.isEmpty())) {
                raw.close();
              } else {
                proceed();
              }
            });
  }

  /** Says that nothing more comes, behind all that was written. */
  private void finish(SSLEngine tls) throws SSLException {
    finished = true;
    tls.closeOutbound();
    wrap(tls, NOTHING);
    raw.close();
  }

  @Override
  public String toString() {
    return "TLS over " + raw;
  }
}
