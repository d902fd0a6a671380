package io.execnet.core.value;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Payloads written instruction by instruction: what no encoder would write, too. */
final class Payload {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);

  static Payload of() {
    return new Payload();
  }

  /** Instructions without operands, as their letters. */
  Payload op(String opcodes) {
    return raw(opcodes.getBytes(StandardCharsets.ISO_8859_1));
  }

  Payload op(char opcode, int operand) {
    try {
      out.writeByte(opcode);
      out.writeInt(operand);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  Payload block(char opcode, byte... operand) {
    return op(opcode, operand.length).raw(operand);
  }

  Payload op(char opcode, String operand) {
    return block(opcode, operand.getBytes(StandardCharsets.UTF_8));
  }

  Payload number(double number) {
    try {
      out.writeLong(Double.doubleToRawLongBits(number));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  Payload raw(byte... more) {
    bytes.writeBytes(more);
    return this;
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  @Nullable Object load() {
    return load(StringCoercion.DEFAULT);
  }

  @Nullable Object load(StringCoercion coercion) {
    return load(coercion, ValueLimits.DEFAULT, ChannelScope.NONE);
  }

  @Nullable Object load(StringCoercion coercion, ValueLimits limits, ChannelScope scope) {
    byte[] payload = bytes();
    return new ValueDecoder(limits).decode(payload, 0, payload.length, coercion, scope);
  }
}
