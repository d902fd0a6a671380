package io.execnet.benchmarks.codec;

import io.execnet.core.value.ChannelScope;
import io.execnet.core.value.FrameBuffer;
import io.execnet.core.value.MarshalDecoder;
import io.execnet.core.value.StringCoercion;
import io.execnet.core.value.ValueDecoder;
import io.execnet.core.value.ValueEncoder;
import io.execnet.core.value.ValueLimits;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Ours, as the protocol engine uses it, in one of the two encodings. */
final class ExecnetCodec implements Codec {

  private final ValueEncoder encoder;
  private final Function<byte[], @Nullable Object> decoder;
  private final FrameBuffer out = new FrameBuffer();

  private ExecnetCodec(ValueEncoder encoder, Function<byte[], @Nullable Object> decoder) {
    this.encoder = encoder;
    this.decoder = decoder;
  }

  /** The one that every execnet knows. */
  static ExecnetCodec ofExecnet() {
    ValueDecoder decoder = new ValueDecoder(ValueLimits.DEFAULT);
    return new ExecnetCodec(
        new ValueEncoder(ValueLimits.DEFAULT),
        bytes -> decoder.decode(bytes, 0, bytes.length, StringCoercion.DEFAULT, ChannelScope.NONE));
  }

  /** Python's {@code marshal} format, which items have between our own two ends. */
  static ExecnetCodec ofMarshal() {
    MarshalDecoder decoder = new MarshalDecoder(ValueLimits.DEFAULT);
    return new ExecnetCodec(
        ValueEncoder.ofMarshal(ValueLimits.DEFAULT),
        bytes -> decoder.decode(ByteBuffer.wrap(bytes), StringCoercion.DEFAULT));
  }

  @Override
  public int encode(Object value) {
    out.clear();
    encoder.encode(value, out, ChannelScope.NONE);
    return out.length();
  }

  @Override
  public byte[] encoded() {
    return out.toByteArray();
  }

  @Override
  public Object decode(byte[] bytes) {
    return Objects.requireNonNull(decoder.apply(bytes));
  }
}
