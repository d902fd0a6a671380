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

  /** Nothing more may be sent: CHANNEL_LAST_MESSAGE was, or CANCEL. */
  boolean sendEnded;

  /** CANCEL was sent, so that the other side is going to close it. */
  boolean cancelled;

  /** CHANNEL_LAST_MESSAGE arrived. */
  boolean receiveEnded;

  // Kept by SendCredit: what the other side has not credited, and whether somebody waits for it.
  int sentItems;
  long sentBytes;
  boolean awaitsRoom;

  // Kept by ReceiveCredit: what was not credited, and what of it has been taken.
  int arrivedItems;
  long arrivedBytes;
  int keptItems;
  long keptBytes;

  EngineChannel(int id, ChannelReceiver receiver, boolean closedByPeer, StringCoercion coercion) {
    this.id = id;
    this.receiver = receiver;
    this.closedByPeer = closedByPeer;
    this.coercion = coercion;
  }
}
