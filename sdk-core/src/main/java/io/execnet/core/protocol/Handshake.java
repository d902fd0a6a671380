package io.execnet.core.protocol;

import io.execnet.core.ProtocolException;
import io.execnet.core.value.PyTuple;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What both sides say of themselves in their first frames, where the master has asked for that. */
final class Handshake {

  private static final String CREDIT = "credit";
  static final String CANCEL = "cancel";
  static final String PING = "ping";
  static final String DIAGNOSE = "diagnose";
  private static final String MARSHAL = "marshal";
  private static final String ITEMS = "items";
  private static final String COMPILED = "compiled";

  private final EngineState state;
  private final @Nullable FlowControl wanted;

  /**
   * Creates it for the master.
   *
   * @param awaited whether the worker was asked for its HELLO
   * @param wanted the credit that the master wants; null for none
   */
  Handshake(EngineState state, boolean awaited, @Nullable FlowControl wanted) {
    this.state = state;
    state.awaitsHello = awaited;
    this.wanted = wanted;
  }

  /** Anything but a HELLO arrived. */
  void requireDone() {
    if (state.awaitsHello) {
      throw new ProtocolException("the worker did not begin with a HELLO");
    }
  }

  /** The worker's HELLO arrived; answers it. One that nobody has asked for is ignored. */
  void onHello(Map<?, ?> capabilities) {
    if (!state.awaitsHello) {
      return;
    }
    state.awaitsHello = false;
    Map<String, Object> used = new LinkedHashMap<>();
    FlowControl flow = wanted;
    if (flow != null && capabilities.containsKey(CREDIT)) {
      used.put(CREDIT, tuple(flow));
      state.control(flow);
    }
    for (String name : List.of(CANCEL, PING, DIAGNOSE, MARSHAL)) {
      if (capabilities.containsKey(name)) {
        used.put(name, null);
      }
    }
    if (used.containsKey(MARSHAL)
        && capabilities.containsKey(ITEMS)
        && state.limits.maxPayload() >= InboundItems.LONGEST_PAYLOAD) {
      used.put(ITEMS, null);
    }
    if (state.canWrite()) {
      state.encoder.hello(used);
    }
    if (used.containsKey(MARSHAL)) {
      state.encoder.marshalItems();
    }
    if (used.containsKey(ITEMS)) {
      state.encoder.joinItems();
    }
    if (capabilities.get(COMPILED) instanceof PyTuple pair
        && pair.size() == 2
        && pair.get(0) instanceof String version
        && pair.get(1) instanceof byte[] code) {
      state.listener.onCompiled(version, code);
    }
    state.capabilities = Set.copyOf(used.keySet());
    state.listener.onHello(state.capabilities);
  }

  private static PyTuple tuple(FlowControl flow) {
    CreditLimits receive = flow.receive();
    CreditLimits send = flow.send();
    return PyTuple.of(
        receive.items(),
        receive.bytes(),
        receive.total(),
        send.items(),
        send.bytes(),
        send.total());
  }
}
