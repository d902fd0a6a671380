package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PayloadBufferTest {

  private static final int SMALLEST = 256;
  private static final int KEPT = 128 << 10;

  private final PayloadBuffer buffer = new PayloadBuffer();

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "300, 1",
    "131072, 4096",
    "131073, 4096",
    "200000, 1",
    "1000000, 7",
    "1000000, 1460",
    "1000000, 65536",
    "1000000, 262144",
    "1000000, 499999",
    "1000000, 500000",
    "1000000, 1000000"
  })
  void holdsWhatArrivedAndNeverMoreThanTwice(int total, int longest) {
    Random random = new Random(total + longest);
    for (int payload = 0; payload < 3; payload++) {
      byte[] bytes = new byte[total];
      random.nextBytes(bytes);
      int kept = buffer.capacity();
      ByteBuffer in = ByteBuffer.wrap(bytes);
      while (in.hasRemaining()) {
        buffer.append(in, Math.min(in.remaining(), 1 + random.nextInt(longest)), total);
        assertThat(buffer.capacity() - kept).isLessThanOrEqualTo(SMALLEST + 2 * buffer.length());
        assertThat(buffer.length()).isEqualTo(in.position());
      }

      assertThat(buffer.view()).isEqualTo(ByteBuffer.wrap(bytes));
      buffer.clear();
      assertThat(buffer.capacity()).isLessThanOrEqualTo(KEPT);
    }
  }

  @Test
  void takesALargePayloadAfterASmallOneWhoseArrayIsKept() {
    byte[] bytes = new byte[1_000_000];
    new Random(1).nextBytes(bytes);
    buffer.append(ByteBuffer.allocate(100_000), 100_000, 100_000);
    buffer.clear();
    assertThat(buffer.capacity()).isEqualTo(100_000);

    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      buffer.append(in, Math.min(in.remaining(), 30_001), bytes.length);
    }

    assertThat(buffer.view()).isEqualTo(ByteBuffer.wrap(bytes));
  }

  @Test
  void handsOverAnArrayOfJustThePayload() {
    for (int total : new int[] {0, 1, 257, 5_000, 131_072, 131_073, 700_001}) {
      byte[] bytes = new byte[total];
      new Random(total).nextBytes(bytes);
      ByteBuffer in = ByteBuffer.wrap(bytes);
      while (in.hasRemaining()) {
        buffer.append(in, Math.min(in.remaining(), 9_999), total);
      }

      assertThat(buffer.take().array()).isEqualTo(bytes);
      assertThat(buffer.capacity()).isZero();
    }
  }
}
