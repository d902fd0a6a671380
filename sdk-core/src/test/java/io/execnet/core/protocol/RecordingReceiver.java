package io.execnet.core.protocol;

import io.execnet.core.ExecnetException;
import io.execnet.core.value.ChannelReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes down what it is told, and does what a test wants done meanwhile. */
final class RecordingReceiver implements ChannelReceiver {

  final int id;
  final List<@Nullable Object> items = new ArrayList<>();
  final List<Integer> lengths = new ArrayList<>();
  final List<String> events = new ArrayList<>();
  Consumer<@Nullable Object> onItem = item -> {};
  Runnable onRoom = () -> {};
  Runnable onReceiveEnd = () -> {};
  Runnable onClosed = () -> {};
  @Nullable ExecnetException error;
  private final ChannelReference reference;

  RecordingReceiver(int id) {
    this.id = id;
    this.reference = () -> id;
  }

  /** How many bytes the last item took. */
  int lastLength() {
    return lengths.get(lengths.size() - 1);
  }

  String errorMessage() {
    return error == null ? "" : String.valueOf(error.getMessage());
  }

  @Override
  public ChannelReference reference() {
    return reference;
  }

  @Override
  public void onItem(@Nullable Object item, int bytes) {
    items.add(item);
    lengths.add(bytes);
    events.add("item " + item);
    onItem.accept(item);
  }

  @Override
  public void onRoom() {
    events.add("room");
    onRoom.run();
  }

  @Override
  public void onReceiveEnd() {
    events.add("end");
    onReceiveEnd.run();
  }

  @Override
  public void onClosed(@Nullable ExecnetException error) {
    this.error = error;
    events.add(error == null ? "closed" : "closed by " + error.getClass().getSimpleName());
    onClosed.run();
  }
}
