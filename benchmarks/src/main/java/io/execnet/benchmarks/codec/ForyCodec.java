package io.execnet.benchmarks.codec;

import org.apache.fory.Fory;
import org.apache.fory.memory.MemoryBuffer;

/**
 * Apache Fory's own format for Java, for graphs of any class, without looking for objects that
 * occur twice.
 */
final class ForyCodec implements Codec {

  private static final int INITIAL = 4096;

  private final Fory fory =
      Fory.builder()
          .withXlang(false)
          .withRefTracking(false)
          .requireClassRegistration(false)
          .suppressClassRegistrationWarnings(true)
          .build();
  private final MemoryBuffer out = MemoryBuffer.newHeapBuffer(INITIAL);
  private final MemoryBuffer in = MemoryBuffer.fromByteArray(new byte[0]);

  @Override
  public int encode(Object value) {
    out.writerIndex(0);
    fory.serialize(out, value);
    return out.writerIndex();
  }

  @Override
  public byte[] encoded() {
    return out.getBytes(0, out.writerIndex());
  }

  @Override
  public Object decode(byte[] bytes) {
    in.pointTo(bytes, 0, bytes.length);
    in.readerIndex(0);
    return fory.deserialize(in);
  }
}
