package io.execnet.benchmarks.codec;

import io.execnet.core.value.ChannelScope;
import io.execnet.core.value.FrameBuffer;
import io.execnet.core.value.MarshalDecoder;
import io.execnet.core.value.StringCoercion;
import io.execnet.core.value.ValueEncoder;
import io.execnet.core.value.ValueLimits;
import java.nio.ByteBuffer;
import java.util.Objects;

/** Ours in Python's {@code marshal} format, which items have between our own two ends. */
final class MarshalCodec implements Codec {

  private final ValueEncoder encoder = ValueEncoder.ofMarshal(ValueLimits.DEFAULT);
  private final MarshalDecoder decoder = new MarshalDecoder(ValueLimits.DEFAULT);
  private final FrameBuffer out = new FrameBuffer();

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
    return Objects.requireNonNull(decoder.decode(ByteBuffer.wrap(bytes), StringCoercion.DEFAULT));
  }
}
