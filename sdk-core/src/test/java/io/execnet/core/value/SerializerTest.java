package io.execnet.core.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.DumpException;
import io.execnet.core.LoadException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SerializerTest {

  private final Serializer serializer = new Serializer();

  @Test
  void writesVersion2AndReadsIt() {
    byte[] dump = serializer.dumps(1);

    assertThat(dump).containsExactly(2, 'F', 0, 0, 0, 1, 'Q');
    assertThat(serializer.loads(dump)).isEqualTo(1L);
  }

  @Test
  void readsVersion1() {
    assertThat(serializer.loads(new byte[] {1, 'F', 0, 0, 0, 1, 'Q'})).isEqualTo(1L);
  }

  @ParameterizedTest
  @ValueSource(bytes = {0, 3, 'Q', -1})
  void refusesOtherVersions(byte version) {
    byte[] dump = {version, 'L', 'Q'};
    String message =
        "version byte "
            + (version & 0xff)
            + ": execnet writes 2, and 1 before its version 2.0; is this its dump?";

    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> serializer.loads(dump))
        .withMessage(message);
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> serializer.load(new ByteArrayInputStream(dump)))
        .withMessage(message);
  }

  @Test
  void countsBytesInMessagesFromTheVersionByteOn() {
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> serializer.loads(new byte[] {2, 'L', 'z'}))
        .withMessage("unknown opcode 0x7a at byte 2");
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> serializer.loads(new byte[0]))
        .withMessage("no bytes, so no value");
  }

  @Test
  void readsStringsByDefaultAsExecnetDoes() {
    byte[] python2 = {2, 'M', 0, 0, 0, 1, 'a', 'Q'};
    byte[] python3 = {2, 'N', 0, 0, 0, 1, 'a', 'Q'};

    assertThat(serializer.loads(python2)).isEqualTo(new byte[] {'a'});
    assertThat(serializer.loads(python3)).isEqualTo("a");
    assertThat(serializer.withCoercion(new StringCoercion(true, true)).loads(python2))
        .isEqualTo("a");
    assertThat(serializer.withCoercion(new StringCoercion(true, true)).loads(python3))
        .isEqualTo(new byte[] {'a'});
  }

  @Test
  void readsBuffersOfEitherKindWithoutMovingThem() {
    byte[] dump = serializer.dumps("x");
    ByteBuffer direct = ByteBuffer.allocateDirect(dump.length).put(dump).flip();
    ByteBuffer heap = ByteBuffer.allocate(20).position(3).put(dump).flip().position(3);

    assertThat(serializer.loads(direct)).isEqualTo("x");
    assertThat(serializer.loads(heap)).isEqualTo("x");
    assertThat(serializer.loads(heap.asReadOnlyBuffer())).isEqualTo("x");
    assertThat(heap.position()).isEqualTo(3);
  }

  @Test
  void limitsHoldBothWays() {
    Serializer shallow = serializer.withLimits(new ValueLimits(1, 10));

    assertThat(shallow.loads(shallow.dumps(List.of(1)))).isEqualTo(List.of(1L));
    assertThatExceptionOfType(DumpException.class)
        .isThrownBy(() -> shallow.dumps(List.of(List.of())))
        .withMessage("the value nests deeper than 1 levels at [0]: raise the limit maxDepth");
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> shallow.loads(serializer.dumps(List.of(List.of()))))
        .withMessage("a value that nests deeper than the limit maxDepth of 1 at byte 16");
  }

  @Test
  void channelsHaveNoFormOutsideTheirGateway() {
    ChannelReference channel = () -> 1;

    assertThatExceptionOfType(DumpException.class)
        .isThrownBy(() -> serializer.dumps(List.of(channel)))
        .withMessage("a channel can only be sent through a channel of its gateway at [0]");
  }

  @Test
  void valuesFollowEachOtherInAStream() throws IOException {
    Object[] values = {1L, "text", null, List.of(1L, 2.5, true), Map.of("a", List.of()), "x"};
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Object value : values) {
      serializer.dump(out, value);
    }
    out.write('!');
    InputStream in = new ByteArrayInputStream(out.toByteArray());

    for (Object value : values) {
      assertThat(serializer.load(in)).isEqualTo(value);
    }
    assertThat(in.read()).isEqualTo('!');
  }

  @Test
  void everyInstructionIsReadFromAStreamThatGivesSingleBytes() throws IOException {
    RandomValues values = new RandomValues(1);
    for (int i = 0; i < 300; i++) {
      Object value = values.next();
      InputStream in = new Trickle(serializer.dumps(value));

      assertThat(Description.of(serializer.load(in))).isEqualTo(Description.of(value));
    }
  }

  @Test
  void anEndBeforeAValueIsTheEndOfTheStream() {
    assertThatExceptionOfType(EOFException.class)
        .isThrownBy(() -> serializer.load(InputStream.nullInputStream()));
  }

  @Test
  void anEndInsideAValueIsALoadError() {
    byte[] dump = serializer.dumps(Map.of("key", List.of("value", 1.5, PyTuple.of())));
    for (int length = 1; length < dump.length; length++) {
      InputStream in = new ByteArrayInputStream(Arrays.copyOf(dump, length));
      assertThatExceptionOfType(LoadException.class)
          .isThrownBy(() -> serializer.load(in))
          .withMessage("the stream ends inside a value at byte " + length);
    }
  }

  @Test
  void everyPrefixIsALoadError() {
    byte[] dump = serializer.dumps(Map.of("key", List.of("value", 1.5, PyTuple.of())));
    for (int length = 0; length < dump.length; length++) {
      byte[] prefix = Arrays.copyOf(dump, length);
      assertThatExceptionOfType(LoadException.class).isThrownBy(() -> serializer.loads(prefix));
    }
  }

  @Test
  void wrongInstructionsInAStreamAreLoadErrors() {
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(() -> serializer.load(new ByteArrayInputStream(new byte[] {2, 'L', 'z', 'Q'})))
        .withMessage("unknown opcode 0x7a at byte 2");
    assertThatExceptionOfType(LoadException.class)
        .isThrownBy(
            () ->
                serializer.load(new ByteArrayInputStream(new byte[] {2, 'A', -1, -1, -1, -1, 'Q'})))
        .withMessage("BYTES of -1 bytes at byte 1");
  }

  /** Gives one byte at a time, as a slow connection may. */
  private static final class Trickle extends ByteArrayInputStream {

    Trickle(byte[] bytes) {
      super(bytes);
    }

    @Override
    public synchronized int read(byte[] target, int offset, int length) {
      return super.read(target, offset, Math.min(length, 1));
    }
  }
}
