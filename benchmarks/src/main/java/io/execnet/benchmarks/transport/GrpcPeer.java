package io.execnet.benchmarks.transport;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;

/** gRPC with grpcio, whose messages are eight bytes: no Protocol Buffers to read or write. */
final class GrpcPeer extends CallPeer {

  private static final String PROGRAM =
      """
      import concurrent.futures, grpc

      handler = grpc.unary_unary_rpc_method_handler(lambda request, context: request)
      server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=8))
      server.add_generic_rpc_handlers(
          (grpc.method_handlers_generic_handler("Echo", {"Call": handler}),)
      )
      print(server.add_insecure_port("127.0.0.1:0"), flush=True)
      server.start()
      server.wait_for_termination()
      """;

  private static final MethodDescriptor<Long, Long> METHOD =
      MethodDescriptor.<Long, Long>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("Echo/Call")
          .setRequestMarshaller(new EightBytes())
          .setResponseMarshaller(new EightBytes())
          .build();

  private static final class EightBytes implements MethodDescriptor.Marshaller<Long> {

    @Override
    public InputStream stream(Long value) {
      return new ByteArrayInputStream(ByteBuffer.allocate(Long.BYTES).putLong(0, value).array());
    }

    @Override
    public Long parse(InputStream stream) {
      try {
        return ByteBuffer.wrap(stream.readAllBytes()).getLong();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final ManagedChannel channel;

  GrpcPeer(String python) throws IOException {
    super("gRPC", List.of(python, "-c", PROGRAM));
    channel = ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  @Override
  long call(long argument) {
    return ClientCalls.blockingUnaryCall(
        channel, METHOD, CallOptions.DEFAULT.withWaitForReady(), argument);
  }

  @Override
  public void close() throws IOException {
    channel.shutdownNow();
    super.close();
  }
}
