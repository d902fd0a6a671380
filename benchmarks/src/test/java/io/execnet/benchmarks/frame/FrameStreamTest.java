package io.execnet.benchmarks.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.benchmarks.codec.Shape;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That what is measured is what it says. */
class FrameStreamTest {

  private final ReceivingEngine engine = new ReceivingEngine();

  private void receive(FrameItem item, boolean direct) {
    List<ByteBuffer> buffers = FrameStream.of(item, engine.channelId(), direct);
    assertThat(buffers)
        .allMatch(buffer -> buffer.remaining() <= 64 << 10 && buffer.isDirect() == direct);
    assertThat(buffers.stream().mapToInt(ByteBuffer::remaining).sum())
        .isBetween(3 << 18, (1 << 20) + 1_000);
    buffers.forEach(engine::receive);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void holdsManyInts(boolean direct) {
    receive(FrameItem.INT, direct);

    assertThat(engine.items()).isEqualTo(69_905);
    assertThat(engine.last()).isEqualTo(7L);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void holdsRecords(boolean direct) {
    receive(FrameItem.RECORD, direct);

    assertThat(engine.items()).isGreaterThan(5_000);
    assertThat(engine.last()).isEqualTo(Shape.RECORD.value());
  }

  @Test
  void holdsLargeItemsOverSeveralBuffers() {
    receive(FrameItem.BYTES_256K, true);

    assertThat(engine.items()).isEqualTo(4);
    assertThat(engine.last()).isEqualTo(new byte[256 << 10]);
  }
}
