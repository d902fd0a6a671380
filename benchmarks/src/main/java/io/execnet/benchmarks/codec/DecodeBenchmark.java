package io.execnet.benchmarks.codec;

import io.execnet.benchmarks.ThroughputBenchmark;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Bytes to values; run it with {@code -prof gc} to see what each allocates. */
public class DecodeBenchmark extends ThroughputBenchmark {

  @Param public Shape shape = Shape.RECORD;

  @Param public CodecName codec = CodecName.EXECNET;

  private Codec used = codec.create();
  private byte[] bytes = {};

  @Setup
  public void prepare() throws IOException {
    used = codec.create();
    used.encode(shape.value());
    bytes = used.encoded();
  }

  @Benchmark
  public Object decode() throws IOException {
    return used.decode(bytes);
  }
}
