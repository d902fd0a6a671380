package io.execnet.benchmarks.codec;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What no codec can do without: moves the bytes that {@link CodecName#MARSHAL} takes for a shape,
 * and looks at none.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CopyBenchmark {

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
