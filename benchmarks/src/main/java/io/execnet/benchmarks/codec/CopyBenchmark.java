package io.execnet.benchmarks.codec;

import io.execnet.benchmarks.ThroughputBenchmark;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What no codec can do without: moves the bytes that {@link CodecName#MARSHAL} takes for a shape,
 * and looks at none.
 */
public class CopyBenchmark extends ThroughputBenchmark {

  @Param({"ASCII_1K", "ASCII_1M", "BYTES_1K", "BYTES_1M"})
  public Shape shape = Shape.BYTES_1K;

  private byte[] source = {};
  private byte[] kept = {};

  @Setup
  public void prepare() throws IOException {
    Codec codec = CodecName.MARSHAL.create();
    codec.encode(shape.value());
    source = codec.encoded();
    kept = new byte[source.length];
  }

  /** Into a buffer that is kept, as encoders write. */
  @Benchmark
  public byte[] encode() {
    System.arraycopy(source, 0, kept, 0, source.length);
    return kept;
  }

  /** Into an array of its own, as decoders give. */
  @Benchmark
  public byte[] decode() {
    return source.clone();
  }
}
