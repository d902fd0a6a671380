package io.execnet.benchmarks.frame;

import io.execnet.core.value.ChannelScope;
import io.execnet.core.value.FrameBuffer;
import io.execnet.core.value.ValueEncoder;
import io.execnet.core.value.ValueLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** About 1 MiB of whole frames, all CHANNEL_DATA on one channel, in buffers of 64 KiB. */
final class FrameStream {

  private static final int CHANNEL_DATA = 4;
  private static final int LENGTH = 1 << 20;
  private static final int BUFFER = 64 << 10;

  private FrameStream() {}

  /** The buffers, in heap arrays or in direct memory (as Netty gives them). */
  static List<ByteBuffer> of(FrameItem item, int channelId, boolean direct) {
    byte[] frame = frame(item.value(), channelId);
    ByteBuffer stream =
        ByteBuffer.allocate(Math.max(1, (LENGTH + frame.length / 2) / frame.length) * frame.length);
    while (stream.hasRemaining()) {
      stream.put(frame);
    }
    stream.flip();
    List<ByteBuffer> buffers = new ArrayList<>();
    while (stream.hasRemaining()) {
      int size = Math.min(BUFFER, stream.remaining());
      ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
      buffers.add(buffer.put(stream.slice().limit(size)).flip());
      stream.position(stream.position() + size);
    }
    return buffers;
  }

  private static byte[] frame(Object value, int channelId) {
    FrameBuffer out = new FrameBuffer();
    out.putByte(CHANNEL_DATA);
    out.putInt(channelId);
    out.putInt(0);
    int payloadAt = out.length();
    new ValueEncoder(ValueLimits.DEFAULT).encode(value, out, ChannelScope.NONE);
    out.setInt(payloadAt - Integer.BYTES, out.length() - payloadAt);
    return out.toByteArray();
  }
}
