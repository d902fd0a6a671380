package io.execnet.core.protocol;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.DumpException;
import io.execnet.core.ExecnetException;
import io.execnet.core.ProtocolException;
import io.execnet.core.value.FrameBuffer;
import io.execnet.core.value.StringCoercion;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one connection, without the connection: bytes and calls go in, calls to the {@link
 * EngineListener} and the {@link ChannelReceiver}s and bytes come out.
 *
 * <p>It has no thread and no lock: one thread at a time may use it, in practice the event loop of
 * its gateway. Listener and receivers are called from inside these methods and may call all of them
 * but {@link #receive}. After each call, and after each callback, there may be frames in {@link
 * #outbound()}, which nobody but the owner takes out.
 *
 * <p>A channel lives from the call that opens it until its receiver's {@link
 * ChannelReceiver#onClosed}, and the engine holds the receiver that long. It ends when either side
 * closes it, when a payload or a receiver fails, or when the connection ends; also when both sides
 * have ended sending, unless it is an execution or a status question, whose outcome the other side
 * always tells with a close.
 */
public final class ProtocolEngine {

  private static final int FIRST_ID_OF_MASTER = 1;
  private static final int FIRST_ID_OF_WORKER = 2;

  private final EngineState state;
  private final ChannelCredit credit;
  private final ValueChannels valueChannels;
  private final MessageDecoder decoder;
  private final Inbound inbound;
  private boolean receiving;
  private @Nullable ProtocolException failure;

  /** The master's side of a connection on which only frames come from now on. */
  public ProtocolEngine(ProtocolLimits limits, EngineListener listener) {
    this(limits, listener, FIRST_ID_OF_MASTER, false, null);
  }

  private ProtocolEngine(
      ProtocolLimits limits,
      EngineListener listener,
      int firstId,
      boolean helloAwaited,
      @Nullable FlowControl flowControl) {
    this.state = new EngineState(limits, listener, firstId);
    this.credit = new ChannelCredit(state);
    this.valueChannels = new ValueChannels(state);
    this.decoder = new MessageDecoder(limits);
    Handshake handshake = new Handshake(state, helloAwaited, flowControl);
    this.inbound = new Inbound(state, valueChannels, handshake);
  }

  /**
   * The same, with a worker that was asked for its HELLO: nothing may be sent until {@link
   * EngineListener#onHello}.
   *
   * @param flowControl the credit that is wanted; null for none, as stock execnet has it
   */
  public static ProtocolEngine withHello(
      ProtocolLimits limits, EngineListener listener, @Nullable FlowControl flowControl) {
    return new ProtocolEngine(limits, listener, FIRST_ID_OF_MASTER, true, flowControl);
  }

  /** The worker's side, whose ids are even; it runs no code either. For tests of both sides. */
  static ProtocolEngine ofWorker(ProtocolLimits limits, EngineListener listener) {
    return new ProtocolEngine(limits, listener, FIRST_ID_OF_WORKER, false, null);
  }

  /** The frames to be written, always whole ones. The owner drains and clears it. */
  public FrameBuffer outbound() {
    return state.encoder.out();
  }

  /** What may be sent and come on its channels. */
  public ChannelCredit credit() {
    return credit;
  }

  /**
   * Takes what arrived, all of it. After GATEWAY_TERMINATE or after {@link #disconnected}, all but
   * what was printed is ignored.
   *
   * @throws ProtocolException if the stream can't be followed any further, now and from then on;
   *     the owner should drop the connection and say so with {@link #disconnected}
   */
  public void receive(ByteBuffer bytes) {
    if (receiving) {
      throw new IllegalStateException("a receiver may not feed the engine that calls it");
    }
    if (failure != null) {
      throw failure;
    }
    receiving = true;
    try {
      decoder.decode(bytes, inbound);
    } catch (ProtocolException e) {
      failure = e;
      throw e;
    } finally {
      receiving = false;
    }
  }

  /**
   * Opens a channel. The other side learns of it when it is sent inside a value.
   *
   * @param receivers makes the receiver for the id that the channel will have; the channel can be
   *     used after it has returned
   * @return the channel's id
   * @throws ChannelClosedException if nothing can be sent any more
   * @throws IllegalStateException if {@link ProtocolLimits#maxChannels()} are open
   */
  public int open(IntFunction<? extends ChannelReceiver> receivers) {
    return openHere(receivers, false, id -> {});
  }

  /**
   * Runs Python source on a channel of its own (CHANNEL_EXEC).
   *
   * @param receivers as for {@link #open}
   * @param fileName what tracebacks call the source, or null
   * @param function the function in it to call with the channel and {@code kwargs}, or null where
   *     the source itself is what runs
   * @return the channel's id
   * @throws DumpException if the arguments can't be sent; no channel is open then
   * @throws ChannelClosedException if nothing can be sent any more
   * @throws IllegalStateException if {@link ProtocolLimits#maxChannels()} are open
   */
  public int exec(
      IntFunction<? extends ChannelReceiver> receivers,
      String source,
      @Nullable String fileName,
      @Nullable String function,
      Map<String, ?> kwargs) {
    return openHere(
        receivers,
        true,
        id -> state.encoder.channelExec(id, source, fileName, function, kwargs, valueChannels));
  }

  /**
   * Asks how the other side is (STATUS). The answer is the only item of a channel of its own: a
   * dict of {@code numchannels}, {@code numexecuting} and {@code execmodel}.
   *
   * @param receivers as for {@link #open}
   * @return the channel's id
   * @throws ChannelClosedException if nothing can be sent any more
   * @throws IllegalStateException if {@link ProtocolLimits#maxChannels()} are open
   */
  public int requestStatus(IntFunction<? extends ChannelReceiver> receivers) {
    int id = openHere(receivers, true, state.encoder::status);
    state.questions.add(id);
    return id;
  }

  /**
   * Sends one item (CHANNEL_DATA, or another form of it), for which there must be {@link
   * ChannelCredit#room}.
   *
   * @return how many bytes it takes, as the other side is going to credit
   * @throws DumpException if the value can't be sent; nothing of it was, and the channel stays open
   * @throws ChannelClosedException if the channel is closed, or was ended by {@link #endSend}
   */
  public int send(int id, @Nullable Object value) {
    state.requireWritable();
    EngineChannel channel = requireOpen(id);
    if (channel.sendEnded) {
      throw new ChannelClosedException("channel " + id + " was closed for sending", null);
    }
    SendCredit credit = state.sendCredit;
    if (credit != null && credit.room(channel) == 0) {
      throw new IllegalStateException("there is no credit to send on channel " + id);
    }
    int bytes = state.encoder.channelData(id, value, valueChannels);
    if (credit != null) {
      credit.sent(channel, bytes);
    }
    return bytes;
  }

  /** Says that nothing more will be sent (CHANNEL_LAST_MESSAGE). A second call does nothing. */
  public void endSend(int id) {
    EngineChannel channel = state.channels.get(id);
    if (channel == null || channel.sendEnded) {
      return;
    }
    if (state.canWrite()) {
      state.encoder.channelLastMessage(id);
    }
    channel.sendEnded = true;
    state.endIfOver(channel);
  }

  /**
   * Closes the channel for both directions (CHANNEL_CLOSE, CHANNEL_CLOSE_ERROR). Its receiver is
   * told before this returns. Does nothing to a channel that is closed, or that the other side is
   * going to close, after {@link #cancel}.
   *
   * @param error the text that becomes the other side's remote error, or null; here the channel
   *     ends with a {@link ChannelClosedException} that holds it
   */
  public void close(int id, @Nullable String error) {
    EngineChannel channel = state.channels.get(id);
    if (channel != null && !channel.cancelled) {
      state.close(
          channel,
          error,
          error == null
              ? null
              : new ChannelClosedException("channel " + id + " was closed here: " + error, null));
    }
  }

  /**
   * Interrupts the code that runs on a channel (CANCEL). Nothing more can be sent on it, and the
   * other side closes it when that code has ended. A channel on which no code runs, or where the
   * other side can't interrupt it, is closed. A second call does nothing.
   */
  public void cancel(int id) {
    EngineChannel channel = state.channels.get(id);
    if (channel == null || channel.cancelled) {
      return;
    }
    boolean runsCode = channel.closedByPeer && !state.questions.contains(id);
    if (runsCode && state.canWrite() && state.capabilities.contains(Handshake.CANCEL)) {
      channel.cancelled = true;
      channel.sendEnded = true;
      state.encoder.cancel(id);
    } else {
      close(id, null);
    }
  }

  /**
   * Asks the other side whether it is there (PING). It answers whatever its code does, which is no
   * more to the engine than one of the {@link #messages()}. One that does not know that is not
   * asked.
   */
  public void ping() {
    if (state.canWrite() && state.capabilities.contains(Handshake.PING)) {
      state.encoder.ping();
    }
  }

  /**
   * Asks the other side what it is at (DIAGNOSE); it tells {@link EngineListener#onDiagnosis},
   * whatever its code does.
   *
   * @param number comes back with the answer
   * @return false where it can't be asked
   */
  public boolean diagnose(int number) {
    boolean can = state.canWrite() && state.capabilities.contains(Handshake.DIAGNOSE);
    if (can) {
      state.encoder.diagnose(number);
    }
    return can;
  }

  /**
   * Nothing can reach the channel's handle any more. A channel that something still receives from
   * by itself stays open for that, but nothing more is sent; any other is closed.
   *
   * @param receiving whether what arrives is still handed to a callback
   */
  public void abandon(int id, boolean receiving) {
    if (receiving) {
      endSend(id);
    } else {
      close(id, null);
    }
  }

  /**
   * Sets how strings are read on this channel from now on, here and there (RECONFIGURE).
   *
   * @throws ChannelClosedException if the channel is closed
   */
  public void reconfigure(int id, StringCoercion coercion) {
    state.requireWritable();
    EngineChannel channel = requireOpen(id);
    state.encoder.reconfigure(id, coercion);
    channel.coercion = coercion;
  }

  /**
   * Sets how strings are read on channels that are opened from now on, here and there.
   *
   * @throws ChannelClosedException if nothing can be sent any more
   */
  public void reconfigureGateway(StringCoercion coercion) {
    state.requireWritable();
    state.encoder.reconfigure(0, coercion);
    state.coercion = coercion;
  }

  /**
   * Lets the other side print so many bytes more (OUTPUT_CREDIT), once what {@link
   * EngineListener#onOutput} was told is out of the way. Where nothing can be sent any more, nobody
   * waits for it.
   *
   * @param descriptor 1 or 2
   */
  public void outputTaken(int descriptor, int bytes) {
    if (state.canWrite()) {
      state.output(descriptor).taken(bytes);
      state.encoder.outputCredit(descriptor, bytes);
    }
  }

  /**
   * Asks the other side to end (GATEWAY_TERMINATE). It is the last frame: from here on sending
   * fails, and closing is done on this side alone. Channels stay open for what still arrives, until
   * {@link #disconnected}.
   */
  public void terminate() {
    state.terminate();
  }

  /**
   * The connection is gone: every channel that is open ends with this error, and what was not
   * written yet is forgotten. A second call does nothing.
   */
  public void disconnected(ExecnetException error) {
    if (state.lost != null) {
      return;
    }
    state.encoder.forget();
    state.lost = error;
    state.channels.snapshot().forEach(channel -> state.end(channel, error));
  }

  /** How many messages have arrived, also of those that mean nothing here. */
  public long messages() {
    return decoder.messages();
  }

  /** What has arrived of a message that is not whole yet, if anything has. */
  public Optional<PartialMessage> partialMessage() {
    return state.lost == null ? Optional.ofNullable(decoder.partial()) : Optional.empty();
  }

  /** The receivers of the channels that are open. */
  public List<ChannelReceiver> receivers() {
    return state.channels.snapshot().stream().map(channel -> channel.receiver).toList();
  }

  /** How many channels are open. */
  public int openChannels() {
    return state.channels.size();
  }

  /** For tests, which have no other side to bring it about. */
  EngineState state() {
    return state;
  }

  private int openHere(
      IntFunction<? extends ChannelReceiver> receivers, boolean closedByPeer, IntConsumer frame) {
    state.requireWritable();
    int id = state.channels.allocateId();
    ChannelReceiver receiver = receivers.apply(id);
    state.requireWritable();
    frame.accept(id);
    state.register(id, receiver, closedByPeer);
    return id;
  }

  private EngineChannel requireOpen(int id) {
    EngineChannel channel = state.channels.get(id);
    if (channel == null) {
      throw new ChannelClosedException("channel " + id + " is closed", null);
    }
    return channel;
  }
}
