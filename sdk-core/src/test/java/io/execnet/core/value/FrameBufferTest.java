package io.execnet.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class FrameBufferTest {

  private final FrameBuffer buffer = new FrameBuffer();

  @Test
  void isBigEndian() {
    buffer.putByte(0x81);
    buffer.putInt(0x01020304);
    buffer.putLong(0x05060708090a0b0cL);

    assertThat(buffer.toByteArray()).containsExactly(0x81, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    assertThat(buffer.length()).isEqualTo(13);
  }

  @Test
  void takesArraysAndBuffersInPart() {
    buffer.putBytes(new byte[] {1, 2, 3}, 1, 1);
    ByteBuffer source = ByteBuffer.wrap(new byte[] {4, 5, 6}).position(1);
    buffer.putBytes(source);

    assertThat(buffer.toByteArray()).containsExactly(2, 5, 6);
    assertThat(source.remaining()).isEqualTo(2);
  }

  @Test
  void canPatchALengthAfterwardsAndForgetTheEnd() {
    buffer.putByte(9);
    buffer.putInt(0);
    buffer.putByte(8);

    buffer.setInt(1, 0x01020304);
    buffer.truncate(5);

    assertThat(buffer.toByteArray()).containsExactly(9, 1, 2, 3, 4);
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> buffer.setInt(2, 0));
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> buffer.truncate(6));
  }

  @Test
  void canMoveAndPatchWhatWasWritten() {
    buffer.putBytes(new byte[] {1, 2, 3, 4, 5}, 0, 5);

    buffer.move(0, 2, 3);
    buffer.setByte(0, 9);

    assertThat(buffer.toByteArray()).containsExactly(9, 2, 1, 2, 3);
    for (int outside : new int[] {-1, 5}) {
      assertThatExceptionOfType(IndexOutOfBoundsException.class)
          .isThrownBy(() -> buffer.setByte(outside, 0));
    }
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> buffer.move(3, 0, 3));
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> buffer.move(0, 3, 3));
  }

  @Test
  void showsWhatWasWrittenWithoutACopy() {
    buffer.putInt(7);

    ByteBuffer view = buffer.view();

    assertThat(view.remaining()).isEqualTo(4);
    assertThat(view.getInt()).isEqualTo(7);
    assertThat(view.array()).isSameAs(buffer.array());
  }

  @Test
  void keepsItsMemoryUnlessAValueWasHuge() {
    buffer.putBytes(new byte[1 << 20], 0, 1 << 20);
    buffer.putByte(1);
    byte[] array = buffer.array();
    buffer.clear();
    assertThat(buffer.length()).isZero();
    assertThat(buffer.array()).isSameAs(array);

    buffer.putBytes(new byte[10 << 20], 0, 10 << 20);
    buffer.clear();
    assertThat(buffer.array().length).isLessThan(1 << 20);
  }
}
