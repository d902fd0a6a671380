package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.ExecnetException;
import io.execnet.core.value.ChannelReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One side of a channel as the model sees it: what was sent, what arrived, how it ended. */
final class ModelChannel implements ChannelReceiver {

  final ModelSide side;
  final int id;
  final List<String> sent = new ArrayList<>();
  final List<String> received = new ArrayList<>();
  final Deque<Integer> untaken = new ArrayDeque<>();
  boolean announced;
  boolean executed;
  boolean cancelled;
  boolean waiting;
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

  /** Sends it, where there is room; else waits for room. */
  boolean send(Object item) {
    if (side.engine.credit().room(id) == 0) {
      if (!waiting) {
        waiting = true;
        side.engine.credit().awaitRoom(id);
      }
      return false;
    }
    side.engine.send(id, item);
    sent.add(item.toString());
    return true;
  }

  /** Takes some of what has arrived, also after the end. */
  void take(int most) {
    int items = Math.min(most, untaken.size());
    if (items > 0) {
      long bytes = 0;
      for (int i = 0; i < items; i++) {
        bytes += untaken.remove();
      }
      side.engine.credit().taken(id, items, bytes);
    }
  }

  long untakenBytes() {
    return untaken.stream().mapToLong(Integer::longValue).sum();
  }

  boolean maySend() {
    return announced && !sendEnded && !cancelled;
  }

  void endSend() {
    side.engine.endSend(id);
    sendEnded = true;
    waiting = false;
  }

  /** Closes it; once it was cancelled, that is for the other side to do. */
  void close(@Nullable String text) {
    closedHere = !cancelled;
    closedWith = cancelled ? null : text;
    side.engine.close(id, text);
    assertThat(closed).isEqualTo(!cancelled);
  }

  /** Interrupts the code, where there is some; else closes it. */
  void cancel() {
    cancelled = executed && side.interrupts;
    closedHere = !cancelled;
    waiting = false;
    side.engine.cancel(id);
    assertThat(closed).isEqualTo(!cancelled);
    assertThatExceptionOfType(ChannelClosedException.class)
        .isThrownBy(() -> side.engine.send(id, "too late"));
  }

  @Override
  public ChannelReference reference() {
    return reference;
  }

  @Override
  public void onItem(@Nullable Object item, int bytes) {
    assertThat(closed || receiveEnded).as("an item after the end of %s", this).isFalse();
    received.add(String.valueOf(item));
    side.checkCredit(this);
    untaken.add(bytes);
    if (side.random.nextInt(50) == 0) {
      close("closed by an item");
    }
  }

  @Override
  public void onRoom() {
    assertThat(closed).as("room on %s after its end", this).isFalse();
    assertThat(waiting || sendEnded || cancelled).as("room on %s for nobody", this).isTrue();
    if (waiting) {
      assertThat(side.engine.credit().room(id)).isPositive();
      waiting = false;
      if (side.random.nextBoolean()) {
        send("after waiting");
      }
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
    waiting = false;
    this.error = error;
  }

  @Override
  public String toString() {
    return "channel " + id;
  }
}
