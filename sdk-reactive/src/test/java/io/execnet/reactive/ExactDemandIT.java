package io.execnet.reactive;

import org.junit.jupiter.params.provider.MethodSource;

/** One item, on every kind of our workers. */
@MethodSource("io.execnet.reactive.Worker#everywhere")
class ExactDemandIT extends ExactDemandScenarios {

  ExactDemandIT() {
    super(GroupOptions.defaults().withReceiveBuffer(1, 1 << 20).withSendBuffer(1, 1 << 20));
  }
}
