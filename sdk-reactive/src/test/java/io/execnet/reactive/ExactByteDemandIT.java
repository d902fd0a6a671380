package io.execnet.reactive;

import org.junit.jupiter.params.provider.MethodSource;

/** One byte, which any item goes beyond, so that it is one item too, over every transport. */
@MethodSource("io.execnet.reactive.Worker#onePerTransport")
class ExactByteDemandIT extends ExactDemandScenarios {

  ExactByteDemandIT() {
    super(GroupOptions.defaults().withReceiveBuffer(1_000, 1).withSendBuffer(1_000, 1));
  }
}
