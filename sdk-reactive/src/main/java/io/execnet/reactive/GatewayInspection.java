package io.execnet.reactive;

import io.execnet.core.protocol.PartialMessage;
import io.execnet.transport.Connection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is on its way on a gateway, and who waits there, for those who ask and for the log. Confined
 * to the event loop.
 */
final class GatewayInspection {

  private final DefaultGateway gateway;
  private final Connection connection;
  private final GatewayOutput output;
  private final GatewayEnding ending;
  private final FlowWatch watch;
  private final WorkerDiagnosis worker;

  GatewayInspection(
      DefaultGateway gateway,
      Connection connection,
      GatewayOutput output,
      GatewayEnding ending,
      GroupOptions options) {
    this.gateway = gateway;
    this.connection = connection;
    this.output = output;
    this.ending = ending;
    this.worker = new WorkerDiagnosis(gateway);
    this.watch =
        new FlowWatch(
            gateway,
            options.stallThreshold(),
            options.metrics().map(group -> new GatewayMeters(group, gateway.id())));
  }

  void start() {
    watch.start();
  }

  void stop() {
    watch.stop();
    worker.stop();
  }

  WorkerDiagnosis worker() {
    return worker;
  }

  private PartialFlow partial(PartialMessage message) {
    Wait wait = Wait.since(Waiter.REST_OF_MESSAGE, gateway.heardAt());
    return new PartialFlow(message, gateway.readGate().isReading() ? List.of(wait) : List.of());
  }

  GatewayFlow flowNow() {
    Stream<ChannelState> open =
        gateway.engine().receivers().stream()
            .filter(ChannelState.class::isInstance)
            .map(ChannelState.class::cast);
    Stream<ChannelState> holding = gateway.buffer().holding().stream().map(CreditWindow::channel);
    List<ChannelFlow> channels =
        Stream.concat(open, holding)
            .distinct()
            .sorted(Comparator.comparingInt(ChannelState::id))
            .map(ChannelState::flow)
            .toList();
    List<Wait> waits =
        ending.exitingSince().stream().mapToObj(since -> Wait.since(Waiter.EXIT, since)).toList();
    return new GatewayFlow(
        gateway.id(),
        gateway.readGate().isReading(),
        connection.isWritable(),
        gateway.engine().partialMessage().map(this::partial),
        channels,
        output.flow(),
        waits);
  }
}
