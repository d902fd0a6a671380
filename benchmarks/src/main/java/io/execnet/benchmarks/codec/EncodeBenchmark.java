package io.execnet.benchmarks.codec;

import io.execnet.benchmarks.ThroughputBenchmark;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Values to bytes; run it with {@code -prof gc} to see what each allocates. */
public class EncodeBenchmark extends ThroughputBenchmark {

  @Param public Shape shape = Shape.RECORD;

  @Param public CodecName codec = CodecName.EXECNET;

  private Codec used = codec.create();
  private Object value = shape.value();

  @Setup
  public void prepare() {
    used = codec.create();
    value = shape.value();
  }

  @Benchmark
  public int encode() throws IOException {
    return used.encode(value);
  }
}
