package io.execnet.reactive;

import io.execnet.core.spec.XSpec;
import java.util.ArrayList;
import java.util.List;

/** Gateways over connections that go nowhere, and channels of theirs. */
final class FakeGateways {

  private FakeGateways() {}

  /** One that was not started yet. */
  static DefaultGateway over(FakeConnection connection, GroupOptions options) {
    return new DefaultGateway(
        "gw0", XSpec.parse("popen"), options, new OutputHub(options), connection, () -> {});
  }

  /** A new channel. */
  static ChannelState channel(DefaultGateway gateway) {
    List<ChannelState> states = new ArrayList<>();
    gateway
        .engine()
        .open(
            id -> {
              states.add(new ChannelState(gateway, id));
              return states.get(0);
            });
    return states.get(0);
  }
}
