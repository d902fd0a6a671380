package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.ExecnetException;
import io.execnet.core.value.ChannelReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One side of a channel as the model sees it: what was sent, what arrived, how it ended. */
final class ModelChannel implements ChannelReceiver {

  final ModelSide side;
  final int id;
  final List<String> sent = new ArrayList<>();
  final List<String> received = new ArrayList<>();
  boolean announced;
  boolean sendEnded;
  boolean receiveEnded;
  boolean closed;
  boolean closedHere;
  @Nullable String closedWith;
  @Nullable ExecnetException error;
  private final ChannelReference reference;

  ModelChannel(ModelSide side, int id) {
    this.side = side;
    this.id = id;
    this.reference = new Frame.NamedChannel(id);
  }

  void send(Object item) {
    side.engine.send(id, item);
    sent.add(item.toString());
  }

  void endSend() {
    side.engine.endSend(id);
    sendEnded = true;
  }

  void close(@Nullable String text) {
    closedHere = true;
    closedWith = text;
    side.engine.close(id, text);
    assertThat(closed).isTrue();
  }

  @Override
  public ChannelReference reference() {
    return reference;
  }

  @Override
  public void onItem(@Nullable Object item, int bytes) {
    assertThat(closed || receiveEnded).as("an item after the end of %s", this).isFalse();
    received.add(String.valueOf(item));
    if (side.random.nextInt(50) == 0) {
      close("closed by an item");
    }
  }

  @Override
  public void onReceiveEnd() {
    assertThat(closed || receiveEnded).as("a second end of %s", this).isFalse();
    receiveEnded = true;
  }

  @Override
  public void onClosed(@Nullable ExecnetException error) {
    assertThat(closed).as("a second close of %s", this).isFalse();
    closed = true;
    this.error = error;
  }

  @Override
  public String toString() {
    return "channel " + id;
  }
}
