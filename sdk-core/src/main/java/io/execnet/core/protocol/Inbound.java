package io.execnet.core.protocol;

import io.execnet.core.ExecnetException;
import io.execnet.core.ProtocolException;
import io.execnet.core.RemoteException;
import io.execnet.core.value.StringCoercion;
import io.execnet.core.value.ValueDecoder;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What each message that arrives does. */
final class Inbound implements Consumer<Message> {

  private static final String NO_CODE_RUNS_HERE = "execution disallowed";

  private final EngineState state;
  private final ValueChannels valueChannels;
  private final ValueDecoder decoder;

  Inbound(EngineState state, ValueChannels valueChannels) {
    this.state = state;
    this.valueChannels = valueChannels;
    this.decoder = new ValueDecoder(state.limits.values());
  }

  @Override
  public void accept(Message message) {
    int id = message.channelId();
    if (message instanceof Message.Output output) {
      onOutput(id, output.payload());
    } else if (state.canRead()) {
      follow(id, message);
    }
  }

  private void onOutput(int descriptor, ByteBuffer bytes) {
    if (state.hasOutput(descriptor) && bytes.hasRemaining()) {
      state.output(descriptor).arrived(bytes.remaining());
      state.listener.onOutput(descriptor, bytes);
    }
  }

  private void follow(int id, Message message) {
    if (message instanceof Message.ChannelData data) {
      onData(id, data.payload());
    } else if (message instanceof Message.ChannelClose) {
      onClose(id, null);
    } else if (message instanceof Message.ChannelCloseError error) {
      onClose(id, new RemoteException(error.text()));
    } else if (message instanceof Message.ChannelLastMessage) {
      onLastMessage(id);
    } else if (message instanceof Message.Reconfigure reconfigure) {
      onReconfigure(id, reconfigure.coercion());
    } else if (message instanceof Message.ChannelExec) {
      refuse(id);
    } else if (message instanceof Message.Status) {
      onStatus(id);
    } else if (message instanceof Message.GatewayTerminate) {
      state.terminatedByPeer = true;
      state.listener.onTerminate();
    } else if (message instanceof Message.Malformed malformed) {
      onMalformed(malformed);
    }
  }

  private void onData(int id, ByteBuffer payload) {
    EngineChannel channel = state.channels.get(id);
    if (channel == null || channel.receiveEnded) {
      return;
    }
    int length = payload.remaining();
    Object item;
    try {
      item =
          decoder.decode(
              payload.array(),
              payload.arrayOffset() + payload.position(),
              length,
              channel.coercion,
              valueChannels);
      valueChannels.loaded();
    } catch (RuntimeException e) {
      valueChannels.notLoaded(e);
      state.fail(channel, e);
      return;
    }
    if (state.channels.contains(channel)) {
      tell(channel, receiver -> receiver.onItem(item, length));
    }
  }

  private void onClose(int id, @Nullable ExecnetException error) {
    EngineChannel channel = state.channels.get(id);
    if (channel != null) {
      state.end(channel, error);
    }
  }

  private void onLastMessage(int id) {
    EngineChannel channel = state.channels.get(id);
    if (channel != null && !channel.receiveEnded) {
      channel.receiveEnded = true;
      tell(channel, ChannelReceiver::onReceiveEnd);
      state.endIfOver(channel);
    }
  }

  private void onReconfigure(int id, StringCoercion coercion) {
    EngineChannel channel = state.channels.get(id);
    if (id == 0) {
      state.coercion = coercion;
    } else if (channel != null) {
      channel.coercion = coercion;
    }
  }

  private void refuse(int id) {
    state.writeClose(id, NO_CODE_RUNS_HERE);
    state.channels.rememberClosed(id);
    onClose(id, null);
  }

  private void onStatus(int id) {
    if (state.canWrite()) {
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("numchannels", state.channels.size());
      answer.put("numexecuting", 0);
      answer.put("execmodel", "none");
      state.encoder.statusAnswer(id, answer);
      state.writeClose(id, null);
    }
    onClose(id, null);
  }

  private void onMalformed(Message.Malformed malformed) {
    EngineChannel channel = state.channels.get(malformed.channelId());
    if (malformed.type() == MessageType.RECONFIGURE && malformed.channelId() == 0) {
      throw new ProtocolException("RECONFIGURE of the gateway: " + malformed.error().getMessage());
    }
    if (channel == null) {
      return;
    }
    if (malformed.type() == MessageType.CHANNEL_CLOSE_ERROR) {
      state.end(channel, malformed.error());
    } else {
      state.fail(channel, malformed.error());
    }
  }

  private void tell(EngineChannel channel, Consumer<ChannelReceiver> call) {
    try {
      call.accept(channel.receiver);
    } catch (RuntimeException e) {
      state.fail(channel, e);
    }
  }
}
