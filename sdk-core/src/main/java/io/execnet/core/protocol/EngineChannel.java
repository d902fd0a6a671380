package io.execnet.core.protocol;

import io.execnet.core.value.StringCoercion;

/** What the engine knows of a channel that is not closed yet. */
final class EngineChannel {

  final int id;
  final ChannelReceiver receiver;

  /** Whether the other side always ends this channel with a close: an execution, a question. */
  final boolean closedByPeer;

  /** How strings that arrive on it are read. */
  StringCoercion coercion;

  /** CHANNEL_LAST_MESSAGE was sent. */
  boolean sendEnded;

  /** CHANNEL_LAST_MESSAGE arrived. */
  boolean receiveEnded;

  EngineChannel(int id, ChannelReceiver receiver, boolean closedByPeer, StringCoercion coercion) {
    this.id = id;
    this.receiver = receiver;
    this.closedByPeer = closedByPeer;
    this.coercion = coercion;
  }
}
