package io.execnet.core.protocol;

/** What the engine tells the owner of the gateway, on the thread that calls the engine. */
public interface EngineListener {

  /** The other side opened a channel, by naming it inside a value; gives its owner. */
  ChannelReceiver onChannelOpened(int id);

  /** The other side asked this one to end (GATEWAY_TERMINATE). */
  void onTerminate();
}
