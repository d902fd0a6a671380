package io.execnet.core.value;

/** A channel as the codec sees it inside a value: opcode CHANNEL carries nothing but its id. */
public interface ChannelReference {

  /**
   * The channel's id, unique on its gateway: odd if the master opened it, even if the worker did.
   */
  int id();
}
