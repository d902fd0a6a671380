package io.execnet.core.protocol;

import io.execnet.core.LoadException;
import io.execnet.core.value.StringCoercion;
import java.nio.ByteBuffer;
import java.util.Map;

/** One frame that arrived; what each of them asks for is the protocol engine's to know. */
public sealed interface Message {

  /** The channel that it is about; 0 where that is the gateway. */
  int channelId();

  /** STATUS: how many channels are open, how many executions run? */
  record Status(int channelId) implements Message {}

  /** RECONFIGURE: how strings are read from now on; on channel 0, by the channels to come. */
  record Reconfigure(int channelId, StringCoercion coercion) implements Message {}

  /** GATEWAY_TERMINATE: end yourself. */
  record GatewayTerminate(int channelId) implements Message {}

  /** CHANNEL_EXEC: run this code. What code it is was not kept, for this side runs none. */
  record ChannelExec(int channelId) implements Message {}

  /** What the payload of a {@link ChannelData} is. */
  enum Form {
    /** CHANNEL_DATA: a value in execnet's own encoding. */
    EXECNET,

    /** MARSHAL_DATA: a value in Python's {@code marshal} format. */
    MARSHAL,

    /** MARSHAL_ITEMS: a list in that format, of which each value is an item of its own. */
    MARSHAL_ITEMS,

    /** BYTES_DATA: a value of type {@code bytes}, just these. */
    BYTES
  }

  /**
   * CHANNEL_DATA, or another form of that: one item or several, still encoded.
   *
   * @param payload bytes in a heap array, which are good during the call only; of {@link
   *     Form#BYTES} all of an array that whoever gets it may keep
   */
  record ChannelData(int channelId, Form form, ByteBuffer payload) implements Message {}

  /** CHANNEL_CLOSE: nothing more comes or goes on this channel. */
  record ChannelClose(int channelId) implements Message {}

  /** CHANNEL_CLOSE_ERROR: the same, because of an error. */
  record ChannelCloseError(int channelId, String text) implements Message {}

  /** CHANNEL_LAST_MESSAGE: nothing more comes, but it may still go. */
  record ChannelLastMessage(int channelId) implements Message {}

  /**
   * OUTPUT: what was printed where it has no stream of its own.
   *
   * @param channelId the descriptor that it was printed to
   * @param payload its bytes, in a heap array; they are good during the call only
   */
  record Output(int channelId, ByteBuffer payload) implements Message {}

  /**
   * HELLO: what the other side can do beyond execnet's own messages.
   *
   * @param capabilities names, each with what it needs to know
   */
  record Hello(int channelId, Map<?, ?> capabilities) implements Message {}

  /** CREDIT: so much was taken of what was sent on a channel. */
  record Credit(int channelId, int items, int bytes) implements Message {}

  /**
   * DIAGNOSIS: what the other side is at, for people to read.
   *
   * @param channelId as in the question
   */
  record Diagnosis(int channelId, String text) implements Message {}

  /** A type from 64 up that this release does not know. Its payload was skipped. */
  record Unknown(byte type, int channelId) implements Message {}

  /**
   * A frame whose payload is too long, and goes by unread from here on, or is not what its type
   * asks for.
   */
  record Malformed(byte type, int channelId, LoadException error) implements Message {}

  /**
   * The last byte of an item that was too long has gone by.
   *
   * @param length of its payload
   */
  record Skipped(int channelId, int length) implements Message {}
}
