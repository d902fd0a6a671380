package io.execnet.core.protocol;

import io.execnet.core.LoadException;
import io.execnet.core.ProtocolException;
import io.execnet.core.value.MarshalDecoder;
import io.execnet.core.value.MarshalList;
import java.nio.ByteBuffer;

/** What the items of a MARSHAL_ITEMS do: each what it would do as a MARSHAL_DATA. */
final class InboundItems {

  /** The most that a frame's payload takes. */
  static final int LONGEST_PAYLOAD = 64 << 10;

  /** The most that an item in it takes. */
  static final int LONGEST_ITEM = 4 << 10;

  private final EngineState state;
  private final MarshalDecoder decoder;

  InboundItems(EngineState state, MarshalDecoder decoder) {
    this.state = state;
    this.decoder = decoder;
  }

  /** Reads them one by one, as a receiver may close the channel, or set how strings are read. */
  void onItems(int id, ByteBuffer payload) {
    boolean counts = !state.questions.contains(id);
    ReceiveCredit credit = counts ? state.receiveCredit : null;
    RuntimeException unreadable = null;
    int left = 0;
    try {
      left = MarshalList.readHead(payload);
    } catch (LoadException e) {
      unreadable = e;
    }
    EngineChannel channel = state.channels.get(id);
    while (left > 0 && channel != null) {
      int begin = payload.position();
      Object item;
      try {
        item = decoder.next(payload, channel.coercion);
      } catch (RuntimeException e) {
        unreadable = e;
        break;
      }
      int bytes = payload.position() - begin;
      left--;
      requireShort(bytes);
      if (credit != null) {
        credit.arrived(channel, bytes);
      }
      if (channel.receiveEnded) {
        state.taken(channel, 1, bytes);
      } else {
        state.give(channel, item, counts ? bytes : 0);
      }
      channel = state.channels.get(id);
    }
    int rest = payload.remaining();
    if (unreadable == null && left == 0 && rest > 0) {
      unreadable = new LoadException(rest + " bytes after the last of the items");
    }
    if (credit != null && (left > 0 || rest > 0)) {
      credit.dropped(id, left, rest);
    }
    if (unreadable != null && channel != null && !channel.receiveEnded) {
      state.fail(channel, unreadable);
    }
  }

  private static void requireShort(int bytes) {
    if (bytes > LONGEST_ITEM) {
      throw new ProtocolException(
          "an item of %d bytes among others in one frame is more than %d"
              .formatted(bytes, LONGEST_ITEM));
    }
  }
}
