package io.execnet.transport;

import static io.execnet.transport.PeerConnections.crc;
import static io.execnet.transport.PeerConnections.fill;
import static io.execnet.transport.PeerConnections.finish;
import static io.execnet.transport.PeerConnections.on;
import static io.execnet.transport.PeerConnections.pattern;
import static io.execnet.transport.PeerConnections.value;
import static io.execnet.transport.PeerConnections.write;
import static io.execnet.transport.PeerConnections.writePatiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.ExitStatus;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.CRC32;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** How every transport carries bytes, and holds them back. */
public interface TransferContract extends PeerConnections {

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
    Awaitility.await().atMost(PATIENCE).until(() -> said(connection).contains("blocked after"));
    assertThat(received.count()).isLessThan(256 * 1024);
    String text = said(connection).strip();
    int taken = Integer.parseInt(text.substring(text.lastIndexOf(' ') + 1));
    assertThat(taken).isLessThan(mostOnTheWay());
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
  default void readingCanBeStoppedAndResumedWhileBytesAreHandedOver() throws Exception {
    int size = 8 * 1024 * 1024;
    Connection connection = connect("flood");
    StopAndGo handler = new StopAndGo(connection);
    connection.start(handler);
    write(connection, String.format("%08d", size).getBytes(StandardCharsets.US_ASCII));
    Awaitility.await().atMost(PATIENCE).until(() -> handler.count() >= size);
    assertThat(handler.isUnchanged()).isTrue();
    assertThat(handler.crc()).isEqualTo(crc(pattern(size)));
    connection.kill();
    connection.exitStatus().block(PATIENCE);
  }

  @Test
  default void saysWhenItIsWritableAgain() throws Exception {
    Path gate = Files.createTempDirectory("gate").resolve("open");
    Connection connection = connect(Map.of("PEER", "gated", "GATE", gate.toString()), line -> {});
    Received received = Received.from(connection);
    int written = fill(connection);
    assertThat(written).isLessThan(2 * mostOnTheWay());
    int before = received.writableCalls();
    Files.createFile(gate);
    Awaitility.await().atMost(PATIENCE).until(() -> received.writableCalls() > before);
    on(connection, () -> assertThat(connection.isWritable()).isTrue());
    finish(connection, received);
    assertThat(said(connection)).contains("read " + written);
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
    if (knowsExitStatus()) {
      assertThat(value(connection.exitStatus())).isEqualTo(ExitStatus.ofCode(0));
    }
    assertThat(said(connection)).contains("read 3000000");
    assertThat(received.violations()).isEmpty();
    Files.delete(gate);
    Files.delete(gate.getParent());
  }
}
