package io.execnet.reactive;

import io.execnet.core.protocol.ProtocolEngine;
import io.execnet.transport.Connection;
import io.execnet.transport.OutputLine.Stream;
import io.execnet.transport.output.BlockingWork;
import io.execnet.transport.output.OutputTail;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * What a gateway's worker prints: the frames of it, for streams that the transport has not, and the
 * end of both kinds. Confined to the event loop.
 */
final class GatewayOutput {

  private static final Duration SEEN_WITHIN = Duration.ofSeconds(2);

  private final Connection connection;
  private final OutputHub hub;
  private final FramedOutput output;
  private final FramedOutput errors;
  private final OutputTail errorTail = new OutputTail();
  private volatile @Nullable String saidBefore;
  private final Sinks.Empty<Void> framesEnd = Sinks.empty();

  GatewayOutput(
      DefaultGateway gateway, Connection connection, ProtocolEngine engine, OutputHub hub) {
    this.connection = connection;
    this.hub = hub;
    this.output =
        new FramedOutput(
            gateway, Stream.STDOUT, hub, BlockingWork.OUTPUT, n -> taken(gateway, engine, 1, n));
    this.errors =
        new FramedOutput(
            gateway, Stream.STDERR, hub, BlockingWork.OUTPUT, n -> taken(gateway, engine, 2, n));
  }

  private static void taken(DefaultGateway gateway, ProtocolEngine engine, int fd, int bytes) {
    engine.outputTaken(fd, bytes);
    gateway.flushLater();
  }

  void add(int descriptor, ByteBuffer bytes) {
    if (descriptor == 1) {
      output.add(bytes);
    } else {
      if (saidBefore == null) {
        saidBefore = connection.standardError();
      }
      errorTail.add(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
      errors.add(bytes);
    }
  }

  /** What is on its way to who takes it, by stream. */
  List<OutputFlow> flow() {
    return List.of(hub.flow(Stream.STDOUT, output.held()), hub.flow(Stream.STDERR, errors.held()));
  }

  /** No frame comes any more. */
  void end() {
    output.end(() -> errors.end(this::framesHandedOver));
  }

  /** Completes when all that came in frames has been handed over, after the connection's end. */
  Mono<Void> handedOver() {
    return framesEnd.asMono();
  }

  private void framesHandedOver() {
    framesEnd.tryEmitEmpty();
    // The transport's own streams end with the process.
    Mono.when(connection.exitStatus())
        .timeout(SEEN_WITHIN)
        .onErrorComplete()
        .subscribe(nothing -> {}, error -> {}, hub::end);
  }

  /** The end of standard error, whichever way it came: before the frames, in them, or after. */
  String standardError() {
    String direct = connection.standardError();
    String before = saidBefore;
    return before == null || !direct.startsWith(before)
        ? errorTail.text() + direct
        : before + errorTail.text() + direct.substring(before.length());
  }
}
