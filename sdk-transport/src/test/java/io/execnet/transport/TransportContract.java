package io.execnet.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.execnet.core.ExitStatus;
import io.execnet.testing.Leftovers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What every transport has to do. A transport's test implements {@link #open} with the peer program
 * at the other end, and inherits the tests.
 */
@Timeout(120)
public interface TransportContract {

  Duration PATIENCE = Duration.ofSeconds(30);

  /**
   * Opens a connection to {@link PeerProgram}.
   *
   * @param environment what the peer is to find in its environment; {@code PEER} is its behaviour
   */
  Mono<Connection> open(Map<String, String> environment, Consumer<OutputLine> output);

  /** Whether what the peer writes to its standard output arrives as lines. */
  boolean carriesStandardOutput();

  /** Whether {@link Connection#exitStatus} knows it. */
  default boolean knowsExitStatus() {
    return true;
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

  @Test
  default void echoesBytesOfAllSizesInOrder() throws Exception {
    Connection connection = connect("echo");
    Received received = Received.from(connection);
    int total = 0;
    for (int size : new int[] {1, 2, 3, 100, 4095, 4096, 4097, 65535, 65536, 65537, 300_000}) {
      byte[] bytes = new byte[size];
      ThreadLocalRandom.current().nextBytes(bytes);
      write(connection, bytes);
      byte[] all = received.awaitBytes(total + size);
      assertThat(all).hasSize(total + size);
      assertThat(java.util.Arrays.copyOfRange(all, total, total + size)).isEqualTo(bytes);
      total += size;
    }
    finish(connection, received);
  }

  @Test
  default void keepsTheOrderOfManySmallWrites() throws Exception {
    Connection connection = connect("echo");
    Received received = Received.from(connection);
    byte[] bytes = pattern(100_000);
    on(
        connection,
        () -> {
          for (int at = 0; at < bytes.length; ) {
            int n = Math.min(1 + at % 37, bytes.length - at);
            connection.write(ByteBuffer.wrap(bytes, at, n));
            at += n;
          }
        });
    assertThat(received.awaitBytes(bytes.length)).isEqualTo(bytes);
    finish(connection, received);
  }

  @Test
  default void leavesAWrittenBufferToItsOwner() throws Exception {
    Connection connection = connect("echo");
    Received received = Received.from(connection);
    byte[] mine = "before".getBytes(StandardCharsets.US_ASCII);
    on(
        connection,
        () -> {
          ByteBuffer buffer = ByteBuffer.wrap(mine);
          connection.write(buffer);
          assertThat(buffer.hasRemaining()).isFalse();
          java.util.Arrays.fill(mine, (byte) 'x');
          connection.write(ByteBuffer.allocateDirect(3).put(new byte[] {1, 2, 3}).flip());
          connection.write(ByteBuffer.wrap(new byte[] {4}).asReadOnlyBuffer());
        });
    assertThat(received.awaitBytes(10)).isEqualTo("before\1\2\3\4".getBytes("US-ASCII"));
    finish(connection, received);
  }

  @Test
  default void transfersBothWaysAtOnce() throws Exception {
    int size = 32 * 1024 * 1024;
    Connection connection = connect("duplex");
    Received received = Received.counting(connection);
    write(connection, ByteBuffer.allocate(8).putLong(size).array());
    byte[] bytes = pattern(size);
    writePatiently(connection, bytes, 50_000);
    received.awaitCount(size + 4L);
    finish(connection, received);
    CRC32 expected = new CRC32();
    expected.update(bytes);
    byte[] sum = ByteBuffer.allocate(4).putInt((int) crc(bytes)).array();
    expected.update(sum);
    assertThat(received.crc()).isEqualTo(expected.getValue());
  }

  @Test
  default void notReadingBlocksTheOtherSide() throws Exception {
    int size = 16 * 1024 * 1024;
    List<OutputLine> lines = Collections.synchronizedList(new ArrayList<>());
    Connection connection = connect(Map.of("PEER", "flood"), lines::add);
    on(connection, () -> connection.setReading(false));
    Received received = Received.counting(connection);
    write(connection, String.format("%08d", size).getBytes(StandardCharsets.US_ASCII));
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> connection.standardError().contains("blocked after"));
    assertThat(received.count()).isLessThan(256 * 1024);
    String text = connection.standardError().strip();
    int taken = Integer.parseInt(text.substring(text.lastIndexOf(' ') + 1));
    assertThat(taken).isLessThan(2 * 1024 * 1024);
    on(connection, () -> connection.setReading(true));
    received.awaitCount(size);
    assertThat(received.crc()).isEqualTo(crc(pattern(size)));
    finish(connection, received);
  }

  @Test
  default void readingCanBeStoppedAndResumedAtAnyTime() throws Exception {
    int size = 8 * 1024 * 1024;
    Connection connection = connect("flood");
    Received received = Received.counting(connection);
    write(connection, String.format("%08d", size).getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; received.count() < size; i++) {
      boolean reading = i % 2 == 1;
      on(connection, () -> connection.setReading(reading));
    }
    received.awaitCount(size);
    assertThat(received.crc()).isEqualTo(crc(pattern(size)));
    on(connection, () -> connection.setReading(true));
    finish(connection, received);
  }

  @Test
  default void saysWhenItIsWritableAgain() throws Exception {
    Path gate = Files.createTempDirectory("gate").resolve("open");
    Connection connection = connect(Map.of("PEER", "gated", "GATE", gate.toString()), line -> {});
    Received received = Received.from(connection);
    int written = fill(connection);
    assertThat(written).isLessThan(4 * 1024 * 1024);
    int before = received.writableCalls();
    Files.createFile(gate);
    Awaitility.await().atMost(PATIENCE).until(() -> received.writableCalls() > before);
    on(connection, () -> assertThat(connection.isWritable()).isTrue());
    finish(connection, received);
    assertThat(connection.standardError()).contains("read " + written);
    Files.delete(gate);
    Files.delete(gate.getParent());
  }

  @Test
  default void closeWritesWhatIsWaiting() throws Exception {
    Path gate = Files.createTempDirectory("gate").resolve("open");
    Connection connection = connect(Map.of("PEER", "gated", "GATE", gate.toString()), line -> {});
    Received received = Received.from(connection);
    write(connection, new byte[3_000_000]);
    connection.close();
    connection.close();
    Files.createFile(gate);
    assertThat(received.awaitClosed()).isEmpty();
    assertThat(value(connection.exitStatus())).isEqualTo(ExitStatus.ofCode(0));
    assertThat(connection.standardError()).contains("read 3000000");
    assertThat(received.violations()).isEmpty();
    Files.delete(gate);
    Files.delete(gate.getParent());
  }

  @Test
  default void tellsHowThePeerEnded() throws Exception {
    Connection connection = connect("die");
    Received received = Received.from(connection);
    write(connection, "7\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(received.awaitClosed()).isEmpty();
    assertThat(received.text()).isEqualTo("last words");
    if (knowsExitStatus()) {
      assertThat(value(connection.exitStatus())).isEqualTo(ExitStatus.ofCode(7));
    }
    assertThat(connection.standardError()).contains("dying");
    assertThat(received.violations()).isEmpty();
  }

  @Test
  default void tellsWhichSignalEndedThePeer() throws Exception {
    for (String signal : List.of("SIGKILL", "SIGTERM", "SIGSEGV", "SIGINT")) {
      Connection connection = connect("die");
      Received received = Received.from(connection);
      write(connection, (signal + "\n").getBytes(StandardCharsets.US_ASCII));
      received.awaitClosed();
      assertThat(received.text()).isEqualTo("last words");
      if (knowsExitStatus()) {
        assertThat(value(connection.exitStatus()).signal()).contains(signal);
      }
    }
  }

  @Test
  default void handsOverWhatCameBeforeTheHandler() throws Exception {
    Connection connection = connect("grandchild");
    connection.exitStatus().block(PATIENCE);
    Received received = Received.from(connection);
    received.awaitClosed();
    assertThat(received.text()).isEqualTo("last words");
    killGrandchild(connection);
  }

  @Test
  default void endsThoughAGrandchildHoldsTheStream() throws Exception {
    Connection connection = connect("grandchild");
    Received received = Received.from(connection);
    assertThat(received.awaitClosed()).isEmpty();
    assertThat(received.text()).isEqualTo("last words");
    if (knowsExitStatus()) {
      assertThat(value(connection.exitStatus())).isEqualTo(ExitStatus.ofCode(3));
    }
    killGrandchild(connection);
  }

  private static void killGrandchild(Connection connection) {
    String text = connection.standardError().strip();
    long pid = Long.parseLong(text.substring(text.lastIndexOf(' ') + 1));
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  default void killEndsAPeerThatDoesNotListen() throws Exception {
    Connection connection = connect("stubborn");
    Received received = Received.from(connection);
    connection.kill();
    connection.kill();
    received.awaitClosed();
    if (knowsExitStatus()) {
      assertThat(value(connection.exitStatus()).signal()).contains("SIGKILL");
    }
    connection.close();
    on(connection, () -> connection.write(ByteBuffer.allocate(1)));
    assertThat(received.violations()).isEmpty();
  }

  @Test
  default void takesOneHandlerOnly() throws Exception {
    Connection connection = connect("echo");
    Received received = Received.from(connection);
    assertThatThrownBy(() -> connection.start(received)).isInstanceOf(IllegalStateException.class);
    finish(connection, received);
  }

  @Test
  default void cancellingTheExitStatusChangesNothing() throws Exception {
    Connection connection = connect("echo");
    Received received = Received.from(connection);
    connection.exitStatus().subscribe().dispose();
    finish(connection, received);
    if (knowsExitStatus()) {
      assertThat(value(connection.exitStatus())).isEqualTo(ExitStatus.ofCode(0));
    }
  }

  @Test
  default void handsOverOutputByLine() throws Exception {
    List<OutputLine> lines = Collections.synchronizedList(new ArrayList<>());
    Connection connection = connect(Map.of("PEER", "prints"), lines::add);
    Received received = Received.from(connection);
    received.awaitClosed();
    connection.exitStatus().block(PATIENCE);
    assertThat(lines)
        .filteredOn(
            line -> line.stream() == OutputLine.Stream.STDERR && !line.text().startsWith("out"))
        .extracting(OutputLine::text)
        .containsExactly("err: first", "err: no end");
    if (carriesStandardOutput()) {
      assertThat(lines)
          .filteredOn(line -> line.stream() == OutputLine.Stream.STDOUT)
          .extracting(OutputLine::text)
          .containsExactly("out: grüß dich");
    }
  }

  @Test
  default void aBlockedConsumerBlocksWhoPrintsAndNobodyElse() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger lines = new AtomicInteger();
    Consumer<OutputLine> blocked =
        line -> {
          try {
            release.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          lines.incrementAndGet();
        };
    String fd = carriesStandardOutput() ? "1" : "2";
    Map<String, String> flood = Map.of("PEER", "print_flood", "LINES", "200000", "FD", fd);
    Connection connection = connect(flood, blocked);
    Received received = Received.from(connection);
    Connection other = connect("echo");
    Received echoed = Received.from(other);
    write(other, new byte[100_000]);
    echoed.awaitBytes(100_000);
    finish(other, echoed);
    assertThat(received.count()).isZero(); // 20 MB are not printed while nobody takes them
    release.countDown();
    received.awaitClosed();
    assertThat(received.text()).isEqualTo("printed");
    Awaitility.await().atMost(PATIENCE).untilAtomic(lines, org.hamcrest.Matchers.is(200_000));
  }

  @Test
  default void aFailingConsumerDoesNoHarm() throws Exception {
    Connection connection =
        connect(
            Map.of("PEER", "prints", "THEN", "stay"),
            line -> {
              throw new UnsupportedOperationException("part of a test") {
                private static final long serialVersionUID = 1L;

                @Override
                public Throwable fillInStackTrace() {
                  return this;
                }
              };
            });
    Received received = Received.from(connection);
    write(connection, new byte[10]);
    received.awaitBytes(10);
    finish(connection, received);
  }

  @Test
  default void servesManyConnectionsAtOnce() throws Exception {
    int count = 24;
    byte[] bytes = pattern(200_000);
    Mono<List<Received>> opened =
        Flux.range(0, count)
            .flatMap(i -> open(Map.of("PEER", "echo"), line -> {}), 8)
            .publishOn(Schedulers.boundedElastic())
            .map(
                connection -> {
                  Received received = Received.from(connection);
                  write(connection, bytes);
                  return received;
                })
            .collectList();
    List<Received> all = value(opened);
    for (Received received : all) {
      assertThat(received.awaitBytes(bytes.length)).isEqualTo(bytes);
    }
    for (Received received : all) {
      finish(received.connection(), received);
    }
  }

  @Test
  default void leavesNothingBehind() throws Exception {
    finishOne(); // whatever is shared and stays is there after the first
    Leftovers before = Leftovers.now();
    for (int i : IntStream.range(0, 5).toArray()) {
      finishOne();
      Connection killed = connect("stubborn");
      Received received = Received.from(killed);
      killed.kill();
      received.awaitClosed();
      Connection unstarted = connect("echo");
      if (i % 2 == 0) {
        unstarted.close();
      } else {
        unstarted.kill();
      }
      unstarted.exitStatus().block(PATIENCE);
    }
    before.awaitNoMore();
  }

  private void finishOne() throws Exception {
    Connection connection = connect("echo");
    Received received = Received.from(connection);
    write(connection, new byte[100_000]);
    received.awaitBytes(100_000);
    finish(connection, received);
  }
}
