package io.execnet.benchmarks.codec;

import io.execnet.core.value.ChannelScope;
import io.execnet.core.value.FrameBuffer;
import io.execnet.core.value.StringCoercion;
import io.execnet.core.value.ValueDecoder;
import io.execnet.core.value.ValueEncoder;
import io.execnet.core.value.ValueLimits;
import java.util.Objects;

/** Ours, as the protocol engine uses it. */
final class ExecnetCodec implements Codec {

  private final ValueEncoder encoder = new ValueEncoder(ValueLimits.DEFAULT);
  private final ValueDecoder decoder = new ValueDecoder(ValueLimits.DEFAULT);
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
    return Objects.requireNonNull(
        decoder.decode(bytes, 0, bytes.length, StringCoercion.DEFAULT, ChannelScope.NONE));
  }
}
