package io.execnet.transport;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A handler that keeps what comes, and what it saw of the rules being broken. */
public final class Received implements ConnectionHandler {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Connection connection;
  private final boolean keep;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CRC32 crc = new CRC32();
  private final List<String> violations = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Optional<Throwable>> closed = new CompletableFuture<>();
  private final AtomicInteger writable = new AtomicInteger();
  private volatile long count;

  private Received(Connection connection, boolean keep) {
    this.connection = connection;
    this.keep = keep;
  }

  /** Starts the connection with a handler that keeps every byte. */
  public static Received from(Connection connection) {
    Received received = new Received(connection, true);
    connection.start(received);
    return received;
  }

  /** Starts the connection with a handler that only counts. */
  public static Received counting(Connection connection) {
    Received received = new Received(connection, false);
    connection.start(received);
    return received;
  }

  @Override
  public void onBytes(ByteBuffer chunk) {
    check("onBytes");
    crc.update(chunk.duplicate());
    int length = chunk.remaining();
    if (keep) {
      byte[] copy = new byte[length];
      chunk.get(copy);
      synchronized (bytes) {
        bytes.writeBytes(copy);
      }
    }
    count += length;
  }

  @Override
  public void onWritable() {
    check("onWritable");
    writable.incrementAndGet();
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    check("onClosed");
    closed.complete(Optional.ofNullable(cause));
  }

  private void check(String call) {
    if (!connection.eventLoop().inEventLoop()) {
      violations.add(call + " came on " + Thread.currentThread());
    }
    if (closed.isDone()) {
      violations.add(call + " came after onClosed");
    }
  }

  /** The connection that this handler was started with. */
  public Connection connection() {
    return connection;
  }

  /** The checksum of all bytes; to be asked when no more come. */
  public long crc() {
    return crc.getValue();
  }

  public long count() {
    return count;
  }

  public int writableCalls() {
    return writable.get();
  }

  public boolean isClosed() {
    return closed.isDone();
  }

  public List<String> violations() {
    return new ArrayList<>(violations);
  }

  public byte[] bytes() {
    synchronized (bytes) {
      return bytes.toByteArray();
    }
  }

  public String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  /** Waits until so many bytes have come. */
  public byte[] awaitBytes(int length) {
    awaitCount(length);
    return bytes();
  }

  /** Waits until so many bytes have come, which need not be kept. */
  public void awaitCount(long length) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(2))
        .atMost(PATIENCE)
        .until(() -> count >= length || closed.isDone());
    if (count < length) {
      throw new AssertionError(
          "closed after " + count + " of " + length + " bytes; " + connection.standardError(),
          closed.join().orElse(null));
    }
  }

  /** Waits for the end; returns its cause. */
  public Optional<Throwable> awaitClosed() throws Exception {
    return closed.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }
}
