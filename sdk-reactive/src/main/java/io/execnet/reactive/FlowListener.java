package io.execnet.reactive;

/** Is told what is on its way on a gateway, from time to time; on the event loop. */
interface FlowListener {

  /** What it is now. */
  void onFlow(GatewayFlow flow);

  /** The gateway has ended: the last call. */
  void onEnd();
}
