package io.execnet.core.protocol;

import io.execnet.core.value.ChannelReference;
import io.execnet.core.value.ChannelScope;
import io.execnet.core.value.FrameBuffer;
import io.execnet.core.value.MarshalDecoder;
import io.execnet.core.value.StringCoercion;
import io.execnet.core.value.ValueDecoder;
import io.execnet.core.value.ValueEncoder;
import io.execnet.core.value.ValueLimits;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A frame as a peer would write or read it, made without the code under test. */
record Frame(int type, int channelId, byte[] payload) {

  /** A peer that knows nothing of the gateway takes every channel for a bare id. */
  private static final ChannelScope ANY_CHANNEL =
      new ChannelScope() {
        @Override
        public int idOf(ChannelReference channel) {
          return channel.id();
        }

        @Override
        public ChannelReference channel(int id) {
          return new NamedChannel(id);
        }
      };

  private static final List<String> NAMES =
      List.of("STATUS", "RECONFIGURE", "TERMINATE", "EXEC", "DATA", "CLOSE", "CLOSE_ERROR", "LAST");

  private static final List<String> OURS =
      List.of(
          "OUTPUT",
          "OUTPUT_CREDIT",
          "HELLO",
          "CREDIT",
          "CANCEL",
          "PING",
          "PONG",
          "DIAGNOSE",
          "DIAGNOSIS",
          "MARSHALLED",
          "ITEMS",
          "BYTES");

  /** A channel that prints as {@code <1>}. */
  record NamedChannel(int id) implements ChannelReference {
    @Override
    public String toString() {
      return "<" + id + ">";
    }
  }

  static Frame status(int id) {
    return new Frame(0, id, new byte[0]);
  }

  static Frame reconfigure(int id, @Nullable Object value) {
    return new Frame(1, id, dump(value));
  }

  static Frame terminate() {
    return new Frame(2, 0, new byte[0]);
  }

  static Frame exec(int id) {
    return new Frame(3, id, dump("source"));
  }

  static Frame data(int id, @Nullable Object value) {
    return new Frame(4, id, dump(value));
  }

  static Frame rawData(int id, String hex) {
    return new Frame(4, id, HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  static Frame close(int id) {
    return new Frame(5, id, new byte[0]);
  }

  static Frame closeError(int id, @Nullable Object text) {
    return new Frame(6, id, dump(text));
  }

  static Frame last(int id) {
    return new Frame(7, id, new byte[0]);
  }

  static Frame output(int descriptor, String text) {
    return new Frame(64, descriptor, text.getBytes(StandardCharsets.US_ASCII));
  }

  static Frame hello(Object capabilities) {
    return new Frame(66, 0, dump(capabilities));
  }

  static Frame credit(int id, int items, int bytes) {
    return new Frame(67, id, ByteBuffer.allocate(8).putInt(items).putInt(bytes).array());
  }

  static Frame pong() {
    return new Frame(70, 0, new byte[0]);
  }

  static Frame diagnosis(int number, String text) {
    return new Frame(72, number, text.getBytes(StandardCharsets.UTF_8));
  }

  static Frame marshalled(int id, String hex) {
    return new Frame(73, id, HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  /** Several items in one frame, each as {@link #marshalled} takes it. */
  static Frame items(int id, String... hex) {
    ByteBuffer size = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(hex.length);
    return rawItems(
        id, "5b" + HexFormat.of().formatHex(size.array()) + String.join("", hex).replace(" ", ""));
  }

  static Frame rawItems(int id, String hex) {
    return new Frame(74, id, HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  static Frame bytesData(int id, byte[] bytes) {
    return new Frame(75, id, bytes);
  }

  static byte[] bytes(Frame... frames) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Frame frame : frames) {
      ByteBuffer header = ByteBuffer.allocate(9);
      header.put((byte) frame.type).putInt(frame.channelId).putInt(frame.payload.length);
      out.writeBytes(header.array());
      out.writeBytes(frame.payload);
    }
    return out.toByteArray();
  }

  static List<Frame> readAll(ByteBuffer in) {
    List<Frame> frames = new ArrayList<>();
    while (in.hasRemaining()) {
      int type = in.get();
      int id = in.getInt();
      byte[] payload = new byte[in.getInt()];
      in.get(payload);
      frames.add(new Frame(type, id, payload));
    }
    return frames;
  }

  static byte[] dump(@Nullable Object value) {
    FrameBuffer out = new FrameBuffer();
    new ValueEncoder(ValueLimits.DEFAULT).encode(value, out, ANY_CHANNEL);
    return out.toByteArray();
  }

  /** {@code DATA 1 hello}, {@code CLOSE 3}. */
  @Override
  public String toString() {
    if (type == 65) {
      return "OUTPUT_CREDIT " + channelId + " " + ByteBuffer.wrap(payload).getInt();
    }
    if (type == 67) {
      ByteBuffer credit = ByteBuffer.wrap(payload);
      return "CREDIT " + channelId + " " + credit.getInt() + " " + credit.getInt();
    }
    String text = (type < 64 ? NAMES.get(type) : OURS.get(type - 64)) + " " + channelId;
    if (type == 75) {
      return text + " of " + payload.length;
    }
    if (payload.length == 0) {
      return text;
    }
    Object value =
        type == 73 || type == 74
            ? new MarshalDecoder(ValueLimits.DEFAULT)
                .decode(ByteBuffer.wrap(payload), StringCoercion.DEFAULT)
            : new ValueDecoder(ValueLimits.DEFAULT)
                .decode(payload, 0, payload.length, StringCoercion.DEFAULT, ANY_CHANNEL);
    return text + " " + value;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Frame frame
        && frame.type == type
        && frame.channelId == channelId
        && Arrays.equals(frame.payload, payload);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(payload) * 31 + type * 7 + channelId;
  }
}
