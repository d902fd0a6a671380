package io.execnet.core.protocol;

import io.execnet.core.LoadException;
import io.execnet.core.value.ChannelScope;
import io.execnet.core.value.StringCoercion;
import io.execnet.core.value.ValueDecoder;
import io.execnet.core.value.ValueLimits;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a message of a frame whose payload is whole. */
final class PayloadReader {

  private final ValueDecoder decoder;

  PayloadReader(ValueLimits limits) {
    this.decoder = new ValueDecoder(limits);
  }

  Message read(byte type, int channelId, ByteBuffer payload) {
    if (type == MessageType.CHANNEL_DATA) {
      return new Message.ChannelData(channelId, payload);
    }
    if (type == MessageType.OUTPUT) {
      return new Message.Output(channelId, payload);
    }
    try {
      Object value = decoder.decode(payload, StringCoercion.DEFAULT, ChannelScope.NONE);
      return type == MessageType.RECONFIGURE
          ? new Message.Reconfigure(channelId, coercion(value))
          : new Message.ChannelCloseError(channelId, text(value));
    } catch (LoadException e) {
      return new Message.Malformed(type, channelId, e);
    }
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
