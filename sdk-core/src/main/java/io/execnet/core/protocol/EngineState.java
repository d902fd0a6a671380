package io.execnet.core.protocol;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.ExecnetException;
import io.execnet.core.value.StringCoercion;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the two halves of the engine share: the channels, what goes out, and how it all ends. */
final class EngineState {

  final ProtocolLimits limits;
  final EngineListener listener;
  final ChannelTable channels;
  final MessageEncoder encoder;

  /** What is printed to descriptors 1 and 2. */
  private final List<OutputWindow> outputs = List.of(new OutputWindow(1), new OutputWindow(2));

  /** Where each side keeps to what the other takes; else both are null. */
  @Nullable SendCredit sendCredit;

  @Nullable ReceiveCredit receiveCredit;

  /** STATUS was sent on these ids, and its answer, which is not counted, did not end yet. */
  final Set<Integer> questions = new HashSet<>();

  /** How channels that are yet to come read strings. */
  StringCoercion coercion = StringCoercion.DEFAULT;

  /** What both sides can do beyond execnet's own messages, by the names that HELLO has. */
  Set<String> capabilities = Set.of();

  /** The worker's HELLO is to be its first frame, and did not come yet. */
  boolean awaitsHello;

  /** GATEWAY_TERMINATE was sent, so nothing may follow it. */
  boolean terminating;

  /** GATEWAY_TERMINATE arrived, so nothing that follows it counts. */
  boolean terminatedByPeer;

  /** Why there is no connection any more. */
  @Nullable ExecnetException lost;

  EngineState(ProtocolLimits limits, EngineListener listener, int firstId) {
    this.limits = limits;
    this.listener = listener;
    this.channels = new ChannelTable(firstId, limits.maxChannels());
    this.encoder = new MessageEncoder(limits);
  }

  /** Whether a frame that is written now can still reach the other side. */
  boolean canWrite() {
    return lost == null && !terminating;
  }

  /** Whether what arrives now still means something. */
  boolean canRead() {
    return lost == null && !terminatedByPeer;
  }

  boolean hasOutput(int descriptor) {
    return descriptor >= 1 && descriptor <= outputs.size();
  }

  OutputWindow output(int descriptor) {
    return outputs.get(descriptor - 1);
  }

  void terminate() {
    if (canWrite()) {
      encoder.gatewayTerminate();
      terminating = true;
      outputs.forEach(OutputWindow::lastWords);
    }
  }

  void requireWritable() {
    ExecnetException cause = lost;
    if (cause != null) {
      throw new ChannelClosedException("the gateway is lost: " + cause.getMessage(), cause);
    }
    if (terminating) {
      throw new ChannelClosedException("the gateway is being terminated", null);
    }
    if (awaitsHello) {
      throw new IllegalStateException("the worker has not said yet what it can do");
    }
  }

  EngineChannel register(int id, ChannelReceiver receiver, boolean closedByPeer) {
    EngineChannel channel = new EngineChannel(id, receiver, closedByPeer, coercion);
    channels.add(channel);
    if (lost != null) {
      end(channel, lost);
    }
    return channel;
  }

  /** Closes the channel for both directions and tells both sides, if that has not happened yet. */
  void close(EngineChannel channel, @Nullable String text, @Nullable ExecnetException error) {
    if (channels.contains(channel)) {
      writeClose(channel.id, text);
      end(channel, error);
    }
  }

  void writeClose(int id, @Nullable String text) {
    if (!canWrite()) {
      return;
    }
    if (text == null) {
      encoder.channelClose(id);
    } else {
      encoder.channelCloseError(id, text);
    }
  }

  /** From now on there is credit. */
  void control(FlowControl flow) {
    sendCredit = new SendCredit(flow.send());
    receiveCredit = new ReceiveCredit(flow.receive(), this::grant);
  }

  /** Hands an item to the channel's receiver. */
  void give(EngineChannel channel, @Nullable Object item, int bytes) {
    try {
      channel.receiver.onItem(item, bytes);
    } catch (RuntimeException e) {
      fail(channel, e);
    }
  }

  /** Items that arrived on the channel were taken, or never will be. */
  void taken(EngineChannel channel, int items, long bytes) {
    if (receiveCredit == null || questions.contains(channel.id)) {
      return;
    }
    if (channels.contains(channel)) {
      receiveCredit.taken(channel, items, bytes);
    } else {
      receiveCredit.takenOfEnded(bytes);
    }
  }

  private void grant(int channelId, int items, int bytes) {
    if (canWrite()) {
      encoder.credit(channelId, items, bytes);
    }
  }

  /** The last thing that happens to a channel. The other side knows, or can't be told. */
  void end(EngineChannel channel, @Nullable ExecnetException error) {
    if (!channels.remove(channel)) {
      return;
    }
    if (sendCredit != null && receiveCredit != null) {
      sendCredit.ended(channel);
      receiveCredit.ended(channel);
    }
    try {
      channel.receiver.onClosed(error);
    } catch (RuntimeException e) {
      listener.onErrorDropped(channel.id, e);
    }
  }

  /** Ends the channel if both sides have said that they will send nothing more. */
  void endIfOver(EngineChannel channel) {
    if (channel.sendEnded && channel.receiveEnded && !channel.closedByPeer) {
      end(channel, null);
    }
  }

  /** Closes a channel for whose owner something could not be done. */
  void fail(EngineChannel channel, RuntimeException error) {
    if (!channels.contains(channel)) {
      listener.onErrorDropped(channel.id, error);
    } else if (error instanceof ExecnetException known) {
      close(channel, String.valueOf(known.getMessage()), known);
    } else {
      String text = "the receiver of channel " + channel.id + " failed: " + error;
      close(channel, text, new ChannelClosedException(text, error));
    }
  }
}
