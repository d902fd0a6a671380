package io.execnet.core.protocol;

import io.execnet.core.LoadException;
import io.execnet.core.value.ChannelScope;
import io.execnet.core.value.StringCoercion;
import io.execnet.core.value.ValueDecoder;
import io.execnet.core.value.ValueLimits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes a message of a frame whose payload is whole. */
final class PayloadReader {

  static final int CREDIT_LENGTH = 2 * Integer.BYTES;

  /** What would do something to a terminal, or to the lines of a log. */
  private static final Pattern NOT_TEXT = Pattern.compile("[\\p{Cc}&&[^\n]]");

  private final ValueDecoder decoder;

  PayloadReader(ValueLimits limits) {
    this.decoder = new ValueDecoder(limits);
  }

  Message read(byte type, int channelId, ByteBuffer payload) {
    if (MessageType.isItem(type)) {
      return new Message.ChannelData(channelId, form(type), payload);
    }
    if (type == MessageType.OUTPUT) {
      return new Message.Output(channelId, payload);
    }
    if (type == MessageType.CREDIT) {
      return credit(channelId, payload);
    }
    if (type == MessageType.DIAGNOSIS) {
      String text = StandardCharsets.UTF_8.decode(payload).toString();
      return new Message.Diagnosis(channelId, NOT_TEXT.matcher(text).replaceAll("?"));
    }
    try {
      Object value = decoder.decode(payload, StringCoercion.DEFAULT, ChannelScope.NONE);
      return switch (type) {
        case MessageType.RECONFIGURE -> new Message.Reconfigure(channelId, coercion(value));
        case MessageType.HELLO -> new Message.Hello(channelId, capabilities(value));
        default -> new Message.ChannelCloseError(channelId, text(value));
      };
    } catch (LoadException e) {
      return new Message.Malformed(type, channelId, e);
    }
  }

  private static Message.Form form(byte type) {
    return switch (type) {
      case MessageType.MARSHAL_DATA -> Message.Form.MARSHAL;
      case MessageType.MARSHAL_ITEMS -> Message.Form.MARSHAL_ITEMS;
      case MessageType.BYTES_DATA -> Message.Form.BYTES;
      default -> Message.Form.EXECNET;
    };
  }

  private static Message credit(int channelId, ByteBuffer payload) {
    if (payload.remaining() == CREDIT_LENGTH) {
      int items = payload.getInt(payload.position());
      int bytes = payload.getInt(payload.position() + Integer.BYTES);
      if (items >= 0 && bytes >= 0) {
        return new Message.Credit(channelId, items, bytes);
      }
    }
    return new Message.Malformed(
        MessageType.CREDIT, channelId, new LoadException("CREDIT must carry two ints from 0 up"));
  }

  private static Map<?, ?> capabilities(@Nullable Object value) {
    if (value instanceof Map<?, ?> capabilities) {
      return capabilities;
    }
    throw new LoadException("HELLO must carry a dict");
  }

  private static String text(@Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new LoadException("CHANNEL_CLOSE_ERROR must carry a str");
  }

  private static StringCoercion coercion(@Nullable Object value) {
    if (value instanceof List<?> pair
        && pair.size() == 2
        && pair.get(0) instanceof Boolean py2strAsPy3str
        && pair.get(1) instanceof Boolean py3strAsPy2str) {
      return new StringCoercion(py2strAsPy3str, py3strAsPy2str);
    }
    throw new LoadException("RECONFIGURE must carry a tuple of two bools");
  }
}
