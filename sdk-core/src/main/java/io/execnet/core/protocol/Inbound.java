package io.execnet.core.protocol;

import io.execnet.core.ExecnetException;
import io.execnet.core.ProtocolException;
import io.execnet.core.RemoteException;
import io.execnet.core.value.MarshalDecoder;
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
  private final Handshake handshake;
  private final ValueDecoder decoder;
  private final MarshalDecoder marshalDecoder;
  private final InboundItems items;

  Inbound(EngineState state, ValueChannels valueChannels, Handshake handshake) {
    this.state = state;
    this.handshake = handshake;
    this.valueChannels = valueChannels;
    this.decoder = new ValueDecoder(state.limits.values());
    this.marshalDecoder = new MarshalDecoder(state.limits.values());
    this.items = new InboundItems(state, marshalDecoder);
  }

  @Override
  public void accept(Message message) {
    int id = message.channelId();
    if (message instanceof Message.Hello hello) {
      handshake.onHello(hello.capabilities());
      return;
    }
    if (message instanceof Message.Malformed malformed
        && MessageType.isOfTheGateway(malformed.type())) {
      throw new ProtocolException(String.valueOf(malformed.error().getMessage()));
    }
    handshake.requireDone();
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
      if (data.form() == Message.Form.MARSHAL_ITEMS) {
        items.onItems(id, data.payload());
      } else {
        onData(id, data);
      }
    } else if (message instanceof Message.Credit credit) {
      onCredit(id, credit);
    } else if (message instanceof Message.Diagnosis diagnosis) {
      state.listener.onDiagnosis(id, diagnosis.text());
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
    } else if (message instanceof Message.Skipped skipped) {
      onSkipped(id, skipped.length());
    }
  }

  private void onData(int id, Message.ChannelData data) {
    EngineChannel channel = state.channels.get(id);
    int length = data.payload().remaining();
    ReceiveCredit credit = state.questions.contains(id) ? null : state.receiveCredit;
    if (channel == null) {
      if (credit != null) {
        credit.dropped(id, 1, length);
      }
      return;
    }
    if (credit != null) {
      credit.arrived(channel, length);
    }
    if (channel.receiveEnded) {
      state.taken(channel, 1, length);
      return;
    }
    Object item;
    try {
      item = value(data.form(), data.payload(), channel.coercion);
      valueChannels.loaded();
    } catch (RuntimeException e) {
      valueChannels.notLoaded(e);
      state.taken(channel, 1, length);
      state.fail(channel, e);
      return;
    }
    if (state.channels.contains(channel)) {
      // what does not count must not be credited either
      int bytes = state.questions.contains(id) ? 0 : length;
      state.give(channel, item, bytes);
    } else {
      state.taken(channel, 1, length);
    }
  }

  private @Nullable Object value(Message.Form form, ByteBuffer payload, StringCoercion coercion) {
    return switch (form) {
      case MARSHAL -> marshalDecoder.decode(payload, coercion);
      case BYTES -> payload.array();
      default -> decoder.decode(payload, coercion, valueChannels);
    };
  }

  private void onCredit(int id, Message.Credit credit) {
    SendCredit sending = state.sendCredit;
    if (sending == null) {
      return;
    }
    EngineChannel channel = state.channels.get(id);
    if (channel == null) {
      sending.credited(credit.bytes(), this::tellOfRoom);
    } else {
      sending.credited(channel, credit.items(), credit.bytes(), this::tellOfRoom);
    }
  }

  private void tellOfRoom(EngineChannel channel) {
    tell(channel, ChannelReceiver::onRoom);
  }

  private void onClose(int id, @Nullable ExecnetException error) {
    state.questions.remove(id);
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
      state.questions.remove(channel.id);
      state.end(channel, malformed.error());
    } else {
      state.fail(channel, malformed.error());
    }
  }

  /** Not before all of it was sent is there anything to give credit for. */
  private void onSkipped(int id, int length) {
    if (state.receiveCredit != null && !state.questions.contains(id)) {
      state.receiveCredit.dropped(id, 1, length);
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
