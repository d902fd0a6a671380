package io.execnet.core.protocol;

import io.execnet.core.DumpException;
import io.execnet.core.value.ChannelScope;
import io.execnet.core.value.FrameBuffer;
import io.execnet.core.value.MarshalList;
import io.execnet.core.value.NoMarshalFormException;
import io.execnet.core.value.PyTuple;
import io.execnet.core.value.StringCoercion;
import io.execnet.core.value.ValueEncoder;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes frames, each whole or not at all, straight into the buffer that goes out. */
final class MessageEncoder {

  private static final int LENGTH_FIELD = Integer.BYTES;
  private static final int HEADER = 1 + Integer.BYTES + LENGTH_FIELD;
  private static final int NONE = -1;

  private final ProtocolLimits limits;
  private final ValueEncoder values;
  private @Nullable ValueEncoder marshalledValues; // unless the other side reads no such
  private boolean joins;
  private final FrameBuffer out = new FrameBuffer();
  private boolean writing;

  /** Where the last frame begins, if another item of its channel may join it, else NONE. */
  private int lastAt = NONE;

  private int lastChannel;
  private int lastEnd;
  private int lastItems;

  MessageEncoder(ProtocolLimits limits) {
    this.limits = limits;
    this.values = new ValueEncoder(limits.values());
  }

  /** From now on items are written in Python's {@code marshal} format, where they have a form. */
  void marshalItems() {
    marshalledValues = ValueEncoder.ofMarshal(limits.values());
  }

  /** From now on short ones that follow each other share a frame, and long bytes have their own. */
  void joinItems() {
    joins = true;
  }

  FrameBuffer out() {
    return out;
  }

  void status(int channelId) {
    header(MessageType.STATUS, channelId);
  }

  void gatewayTerminate() {
    header(MessageType.GATEWAY_TERMINATE, 0);
  }

  void channelClose(int channelId) {
    header(MessageType.CHANNEL_CLOSE, channelId);
  }

  void channelLastMessage(int channelId) {
    header(MessageType.CHANNEL_LAST_MESSAGE, channelId);
  }

  void outputCredit(int descriptor, int bytes) {
    ints(MessageType.OUTPUT_CREDIT, descriptor, bytes);
  }

  void credit(int channelId, int items, int bytes) {
    ints(MessageType.CREDIT, channelId, items, bytes);
  }

  void cancel(int channelId) {
    header(MessageType.CANCEL, channelId);
  }

  void ping() {
    header(MessageType.PING, 0);
  }

  void diagnose(int number) {
    header(MessageType.DIAGNOSE, number);
  }

  private void ints(byte type, int channelId, int... payload) {
    int start = header(type, channelId);
    out.setInt(out.length() - LENGTH_FIELD, payload.length * Integer.BYTES);
    try {
      for (int value : payload) {
        out.putInt(value);
      }
    } catch (DumpException | Error e) { // too much waits to be written, or memory is short
      out.truncate(start);
      throw e;
    }
  }

  void hello(Map<String, Object> capabilities) {
    withValue(MessageType.HELLO, 0, capabilities, ChannelScope.NONE, Integer.MAX_VALUE);
  }

  void reconfigure(int channelId, StringCoercion coercion) {
    PyTuple pair = PyTuple.of(coercion.py2strAsPy3str(), coercion.py3strAsPy2str());
    withValue(MessageType.RECONFIGURE, channelId, pair, ChannelScope.NONE, Integer.MAX_VALUE);
  }

  /** Never fails: what can't be sent of the text is left out or replaced. */
  void channelCloseError(int channelId, String text) {
    withValue(
        MessageType.CHANNEL_CLOSE_ERROR,
        channelId,
        ErrorText.sendable(text, limits.maxPayload()),
        ChannelScope.NONE,
        Integer.MAX_VALUE);
  }

  /** What this side answers to STATUS; no limit of ours can keep it from the other side. */
  void statusAnswer(int channelId, Map<String, Object> answer) {
    withValue(MessageType.CHANNEL_DATA, channelId, answer, ChannelScope.NONE, Integer.MAX_VALUE);
  }

  /**
   * @return the length of its payload, or of what it takes of one
   * @throws DumpException if the value has no Python form, or too long a one
   */
  int channelData(int channelId, @Nullable Object item, ChannelScope scope) {
    ByteBuffer bytes = joins ? ValueEncoder.bytesOver(InboundItems.LONGEST_ITEM, item) : null;
    if (bytes != null) {
      return bytesData(channelId, bytes);
    }
    ValueEncoder marshalled = marshalledValues;
    if (marshalled != null) {
      try {
        return marshalData(channelId, marshalled, item, scope);
      } catch (NoMarshalFormException e) {
        // it has to have the other one
      }
    }
    return withValue(MessageType.CHANNEL_DATA, channelId, item, scope, limits.maxPayload());
  }

  private int bytesData(int channelId, ByteBuffer bytes) {
    int length = bytes.remaining();
    requireAllowed(length, limits.maxPayload());
    int start = header(MessageType.BYTES_DATA, channelId);
    boolean whole = false;
    try {
      out.setInt(out.length() - LENGTH_FIELD, length);
      out.putBytes(bytes);
      whole = true;
      return length;
    } finally {
      if (!whole) {
        out.truncate(start);
      }
    }
  }

  private int marshalData(
      int channelId, ValueEncoder encoder, @Nullable Object item, ChannelScope scope) {
    boolean follows = lastAt != NONE && lastEnd == out.length() && lastChannel == channelId;
    int before = follows ? lastAt : NONE;
    int items = lastItems;
    int start = out.length();
    int length =
        withValue(MessageType.MARSHAL_DATA, channelId, encoder, item, scope, limits.maxPayload());
    if (joins && length <= InboundItems.LONGEST_ITEM) {
      boolean joined = before != NONE && join(before, items, start);
      lastAt = joined ? before : start;
      lastItems = joined ? items + 1 : 1;
      lastChannel = channelId;
      lastEnd = out.length();
    }
    return length;
  }

  /**
   * Has the frame that was just written, at {@code start}, become part of the one before it, unless
   * that would be too long then. Takes no memory, so that nothing can go wrong amid.
   *
   * @param items how many are in that one
   */
  private boolean join(int before, int items, int start) {
    int payloadAt = before + HEADER;
    int head = items == 1 ? MarshalList.HEAD : 0;
    int length = out.length() - start - HEADER;
    int joined = start - payloadAt + head + length;
    if (joined > InboundItems.LONGEST_PAYLOAD) {
      return false;
    }
    if (items == 1) {
      out.setByte(before, MessageType.MARSHAL_ITEMS);
      out.move(payloadAt, payloadAt + head, start - payloadAt);
      MarshalList.setHead(out, payloadAt, items);
    }
    out.move(start + HEADER, start + head, length);
    out.truncate(start + head + length);
    MarshalList.setSize(out, payloadAt, items + 1);
    out.setInt(payloadAt - LENGTH_FIELD, joined);
    return true;
  }

  /**
   * @throws DumpException if an argument has no Python form, or all of it too long a one
   */
  void channelExec(
      int channelId,
      String source,
      @Nullable String fileName,
      @Nullable String function,
      Map<String, ?> kwargs,
      ChannelScope scope) {
    PyTuple code = PyTuple.of(source, fileName, function, kwargs);
    withValue(MessageType.CHANNEL_EXEC, channelId, code, scope, limits.maxPayload());
  }

  private int withValue(
      byte type, int channelId, @Nullable Object value, ChannelScope scope, int maxPayload) {
    return withValue(type, channelId, values, value, scope, maxPayload);
  }

  private int withValue(
      byte type,
      int channelId,
      ValueEncoder encoder,
      @Nullable Object value,
      ChannelScope scope,
      int maxPayload) {
    int start = header(type, channelId);
    boolean whole = false;
    writing = true;
    try {
      int payloadAt = out.length();
      encoder.encode(value, out, scope);
      int length = out.length() - payloadAt;
      requireAllowed(length, maxPayload);
      out.setInt(payloadAt - LENGTH_FIELD, length);
      whole = true;
      return length;
    } finally {
      writing = false;
      if (!whole) {
        out.truncate(start);
      }
    }
  }

  private static void requireAllowed(int length, int maxPayload) {
    if (length > maxPayload) {
      throw new DumpException(
          "a payload of %d bytes is over the limit of %d (ProtocolLimits.maxPayload)"
              .formatted(length, maxPayload));
    }
  }

  /** Drops what was not taken out. */
  void forget() {
    requireIdle();
    lastAt = NONE;
    out.clear();
  }

  /** Writes a header with length 0, and gives the position where it begins. */
  private int header(byte type, int channelId) {
    requireIdle();
    lastAt = NONE;
    int start = out.length();
    try {
      out.putByte(type);
      out.putInt(channelId);
      out.putInt(0);
    } catch (DumpException | Error e) {
      out.truncate(start);
      throw e;
    }
    return start;
  }

  private void requireIdle() {
    if (writing) {
      throw new IllegalStateException("a value may not use its gateway while it is being sent");
    }
  }
}
