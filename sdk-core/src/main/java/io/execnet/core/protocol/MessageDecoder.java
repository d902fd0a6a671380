package io.execnet.core.protocol;

import io.execnet.core.LoadException;
import io.execnet.core.ProtocolException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a byte stream into messages. However the stream is split, the messages are the same. Once it
 * has failed, it stays failed. Not thread-safe.
 *
 * <p>What it holds of a payload that is not whole yet grows with what has arrived of it, never with
 * the length that its frame claims, and stays below {@link ProtocolLimits#maxPayload()}.
 */
public final class MessageDecoder {

  private static final int HEADER_LENGTH = 9;
  private static final int MAX_HELLO = 1 << 20;
  private static final int MAX_DIAGNOSIS = 256 * 1024;

  private final ProtocolLimits limits;
  private final PayloadReader payloads;
  private final ByteBuffer header = ByteBuffer.allocate(HEADER_LENGTH);
  private final PayloadBuffer gathered = new PayloadBuffer();

  /** What is handed over as it is: each time an array that ends at the payload's length. */
  private final PayloadBuffer gatheredBytes = new PayloadBuffer();

  private boolean inPayload;
  private byte type;
  private int channelId;
  private int length;

  /** How much of the stream goes by unread, because its frame has already become a message. */
  private int toSkip;

  /** Whether somebody has to hear when it has. */
  private boolean skipsItem;

  private long nextFrameAt;
  private long messages;
  private @Nullable ProtocolException failure;

  /** A decoder at the beginning of a stream. */
  public MessageDecoder(ProtocolLimits limits) {
    this.limits = limits;
    this.payloads = new PayloadReader(limits.values());
  }

  /**
   * Consumes all of the input, and hands each message to {@code out} as soon as it is known. What
   * {@code out} throws passes through; the input then stands behind the message that it was given,
   * and decoding may go on.
   *
   * @throws ProtocolException if the stream can't be followed any further, now and from then on
   */
  public void decode(ByteBuffer in, Consumer<? super Message> out) {
    for (Message message = next(in); message != null; message = next(in)) {
      messages++;
      try {
        out.accept(message);
      } finally {
        gathered.clear();
      }
    }
  }

  /** How many messages there have been. */
  long messages() {
    return messages;
  }

  /** How many bytes are held for a payload that is not whole yet. */
  int held() {
    return gathered.capacity() + gatheredBytes.capacity();
  }

  /** The message that is arriving, if its header has, or null. */
  @Nullable PartialMessage partial() {
    int about = MessageType.isOfTheGateway(type) ? 0 : channelId;
    if (inPayload) {
      return new PartialMessage(about, length, gathering().length());
    }
    return toSkip == 0 ? null : new PartialMessage(about, length, length - toSkip);
  }

  /** The next message, or null where the input ends before it does. */
  private @Nullable Message next(ByteBuffer in) {
    if (failure != null) {
      throw failure;
    }
    int skipped = Math.min(toSkip, in.remaining());
    in.position(in.position() + skipped);
    toSkip -= skipped;
    if (skipsItem && toSkip == 0) {
      skipsItem = false;
      return new Message.Skipped(channelId, length);
    }
    if (!inPayload && !readHeader(in)) {
      return null;
    }
    return inPayload ? readPayload(in) : withoutPayload();
  }

  private boolean readHeader(ByteBuffer in) {
    while (header.hasRemaining()) {
      if (!in.hasRemaining()) {
        return false;
      }
      header.put(in.get());
    }
    header.flip();
    type = header.get();
    channelId = header.getInt();
    length = header.getInt();
    header.clear();
    requireSense();
    nextFrameAt += HEADER_LENGTH + (long) length;
    inPayload =
        MessageType.hasPayload(type)
            && (length <= limits.maxPayload() || MessageType.isOfTheGateway(type));
    return true;
  }

  private void requireSense() {
    if (!MessageType.isKnown(type)) {
      throw fail("there is no message type " + type);
    }
    if (length < 0) {
      throw fail("a payload can't have length " + length);
    }
    if (!MessageType.hasPayload(type) && length > limits.maxPayload()) {
      throw fail(
          "%d bytes of a message of type %d, which has no payload that is of use, are over the limit of %d (ProtocolLimits.maxPayload)"
              .formatted(length, type, limits.maxPayload()));
    }
    if (type == MessageType.OUTPUT && length > OutputWindow.SIZE) {
      throw fail("%d bytes of output are more than %d".formatted(length, OutputWindow.SIZE));
    }
    if (type == MessageType.HELLO && length > MAX_HELLO) {
      throw fail("a HELLO of %d bytes is longer than %d".formatted(length, MAX_HELLO));
    }
    if (type == MessageType.DIAGNOSIS && length > MAX_DIAGNOSIS) {
      throw fail("a DIAGNOSIS of %d bytes is longer than %d".formatted(length, MAX_DIAGNOSIS));
    }
    if (type == MessageType.MARSHAL_ITEMS && length > InboundItems.LONGEST_PAYLOAD) {
      throw fail(
          "items of %d bytes in one frame are more than %d"
              .formatted(length, InboundItems.LONGEST_PAYLOAD));
    }
    if (type == MessageType.CREDIT && length != PayloadReader.CREDIT_LENGTH) {
      throw fail("a CREDIT of %d bytes".formatted(length));
    }
  }

  private ProtocolException fail(String what) {
    failure = new ProtocolException(what + ", in the frame at byte " + nextFrameAt);
    return failure;
  }

  private PayloadBuffer gathering() {
    return type == MessageType.BYTES_DATA ? gatheredBytes : gathered;
  }

  private @Nullable Message readPayload(ByteBuffer in) {
    ByteBuffer payload;
    PayloadBuffer buffer = gathering();
    boolean isKept = buffer == gatheredBytes;
    if (!isKept && buffer.length() == 0 && in.hasArray() && in.remaining() >= length) {
      payload = in.slice(in.position(), length);
      in.position(in.position() + length);
    } else {
      int missing = length - buffer.length();
      buffer.append(in, Math.min(missing, in.remaining()), length);
      if (buffer.length() < length) {
        return null;
      }
      payload = isKept ? buffer.take() : buffer.view();
    }
    inPayload = false;
    return payloads.read(type, channelId, payload);
  }

  /** The message of a frame whose payload is of no use, or too long to be kept. */
  private Message withoutPayload() {
    toSkip = length;
    skipsItem = MessageType.isItem(type);
    return switch (type) {
      case MessageType.STATUS -> new Message.Status(channelId);
      case MessageType.GATEWAY_TERMINATE -> new Message.GatewayTerminate(channelId);
      case MessageType.CHANNEL_EXEC -> new Message.ChannelExec(channelId);
      case MessageType.CHANNEL_CLOSE -> new Message.ChannelClose(channelId);
      case MessageType.CHANNEL_LAST_MESSAGE -> new Message.ChannelLastMessage(channelId);
      default ->
          MessageType.hasPayload(type)
              ? new Message.Malformed(type, channelId, tooLong())
              : new Message.Unknown(type, channelId);
    };
  }

  private LoadException tooLong() {
    return new LoadException(
        "a payload of %d bytes is over the limit of %d (ProtocolLimits.maxPayload)"
            .formatted(length, limits.maxPayload()));
  }
}
