package io.execnet.benchmarks.frame;

import io.execnet.benchmarks.ThroughputBenchmark;
import io.execnet.core.protocol.MessageDecoder;
import io.execnet.core.protocol.ProtocolLimits;
import java.nio.ByteBuffer;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What arrives from a transport, 1 MiB of it in buffers of 64 KiB: ops/s are MiB/s. {@link #copy}
 * is the limit to compare with, for whoever reads bytes at least moves them once.
 */
public class FrameDecodeBenchmark extends ThroughputBenchmark {

  @Param FrameItem item = FrameItem.INT;

  @Param({"false", "true"})
  boolean direct;

  private final MessageDecoder decoder = new MessageDecoder(ProtocolLimits.DEFAULT);
  private final ReceivingEngine engine = new ReceivingEngine();
  private final byte[] target = new byte[64 << 10];
  private List<ByteBuffer> buffers = List.of();

  @Setup
  public void prepare() {
    buffers = FrameStream.of(item, engine.channelId(), direct);
  }

  /** Moves the bytes and looks at none. */
  @Benchmark
  public byte[] copy() {
    for (ByteBuffer buffer : buffers) {
      buffer.get(0, target, 0, buffer.limit());
    }
    return target;
  }

  /** Cuts them into messages, whose values stay encoded. */
  @Benchmark
  public void messages(Blackhole hole) {
    for (ByteBuffer buffer : buffers) {
      decoder.decode(buffer.rewind(), hole::consume);
    }
  }

  /** Gives each channel its values. */
  @Benchmark
  public Object engine() {
    for (ByteBuffer buffer : buffers) {
      engine.receive(buffer.rewind());
    }
    return engine.items();
  }
}
