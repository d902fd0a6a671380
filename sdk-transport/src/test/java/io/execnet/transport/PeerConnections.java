package io.execnet.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.awaitility.Awaitility;
import reactor.core.publisher.Mono;

/** Connections to {@link PeerProgram}, and what a test does with them. */
public interface PeerConnections {

  Duration PATIENCE = Duration.ofSeconds(30);

  /**
   * Opens a connection to {@link PeerProgram}.
   *
   * @param environment what the peer is to find in its environment; {@code PEER} is its behaviour
   */
  Mono<Connection> open(Map<String, String> environment, Consumer<OutputLine> output);

  /** Whether {@link Connection#exitStatus} knows it. */
  default boolean knowsExitStatus() {
    return true;
  }

  /** Whether {@link Connection#kill} ends one that does not look at its connection. */
  default boolean killsThePeer() {
    return true;
  }

  /** Whether what a peer writes after {@link Connection#close} is handed over. */
  default boolean hearsAfterClose() {
    return true;
  }

  /** What buffers between the two ends may hold, in bytes. */
  default int mostOnTheWay() {
    return 2 * 1024 * 1024;
  }

  /** What the peer said of itself: on its standard error, or in the file that is its $REPORT. */
  default String said(Connection connection) {
    return connection.standardError();
  }

  /** Waits for a connection to a peer that behaves like this. */
  default Connection connect(String peer) {
    return connect(Map.of("PEER", peer), line -> {});
  }

  /** Waits for a connection to a peer with this environment. */
  default Connection connect(Map<String, String> environment, Consumer<OutputLine> output) {
    return value(open(environment, output));
  }

  /** Waits for the value. */
  static <T> T value(Mono<T> mono) {
    return mono.blockOptional(PATIENCE).orElseThrow();
  }

  /** Calls what may be called on the event loop only. */
  static void on(Connection connection, Runnable call) {
    CompletableFuture.runAsync(call, connection.eventLoop()).join();
  }

  /** Writes a copy of the bytes. */
  static void write(Connection connection, byte[] bytes) {
    on(connection, () -> connection.write(ByteBuffer.wrap(bytes)));
  }

  /**
   * Writes as fast as the connection says that it can be written; completes when all is handed
   * over.
   */
  static void writePatiently(Connection connection, byte[] bytes, int step) {
    AtomicInteger next = new AtomicInteger();
    Awaitility.await()
        .pollInterval(Duration.ofMillis(1))
        .pollDelay(Duration.ZERO)
        .atMost(PATIENCE)
        .until(
            () -> {
              on(
                  connection,
                  () -> {
                    int at = next.get();
                    while (at < bytes.length && connection.isWritable()) {
                      int n = Math.min(step, bytes.length - at);
                      connection.write(ByteBuffer.wrap(bytes, at, n));
                      at += n;
                    }
                    next.set(at);
                  });
              return next.get() == bytes.length;
            });
  }

  /** Writes until the connection says that it can't be written, for longer than a moment. */
  static int fill(Connection connection) {
    AtomicInteger written = new AtomicInteger();
    Awaitility.await()
        .during(Duration.ofMillis(300))
        .atMost(PATIENCE)
        .until(
            () -> {
              int before = written.get();
              on(
                  connection,
                  () -> {
                    while (connection.isWritable()) {
                      connection.write(ByteBuffer.allocate(10_000));
                      written.addAndGet(10_000);
                    }
                  });
              return written.get() == before;
            });
    return written.get();
  }

  static byte[] pattern(int n) {
    byte[] bytes = new byte[n];
    for (int i = 0; i < n; i++) {
      bytes[i] = (byte) (i % 65521 * 7 % 251);
    }
    return bytes;
  }

  static long crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  /** Ends the peer and waits until its end has been told. */
  static void finish(Connection connection, Received received) throws Exception {
    connection.close();
    received.awaitClosed();
    connection.exitStatus().block(PATIENCE);
    assertThat(received.violations()).isEmpty();
  }
}
