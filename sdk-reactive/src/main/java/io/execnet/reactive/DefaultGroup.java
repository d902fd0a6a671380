package io.execnet.reactive;

import io.execnet.core.spec.XSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

final class DefaultGroup implements Group {

  DefaultGroup(GroupOptions options) {}

  @Override
  public Mono<Gateway> makeGateway(String spec) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Mono<Gateway> makeGateway(XSpec spec) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Gateway> gateways() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Gateway> gateway(String id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Mono<List<GatewayEnd>> terminate(Duration timeout) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
