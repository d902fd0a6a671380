package io.execnet.transport;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection of which no end may be seen, for transports: once nothing has come for a
 * moment, so that what the other side has said before is handed over. Its state lives on the
 * connection's event loop.
 */
public final class QuietEnd {

  private static final Duration MOMENT = Duration.ofMillis(200);

  /**
   * A worker that has ended, so that nobody reads what it is sent, is seen to have ended by then.
   */
  private static final int MOMENTS_UNTIL_ITS_END = 5;

  /** Who reads nothing, but talks on, may do so for so long. */
  private static final int MOST_MOMENTS = 25;

  private final EventLoop loop;
  private final BooleanSupplier open;
  private final BooleanSupplier listening;
  private final Consumer<@Nullable Throwable> end;
  private boolean watching;
  private boolean heard;
  private @Nullable Throwable cause;
  private int silence;
  private int enoughSilence;
  private int momentsLeft;

  /**
   * Prepares it.
   *
   * @param open whether the connection has not ended yet
   * @param listening whether what the other side says would be heard
   * @param end ends the connection, with an error or without
   */
  public QuietEnd(
      EventLoop loop,
      BooleanSupplier open,
      BooleanSupplier listening,
      Consumer<@Nullable Throwable> end) {
    this.loop = loop;
    this.open = open;
    this.listening = listening;
    this.end = end;
  }

  /** Something has come, or is asked for again. */
  public void heard() {
    heard = true;
  }

  /**
   * The process at the other end has ended. One that it left behind may hold the stream open: then
   * silence is the end, an orderly one.
   */
  public void processEnded() {
    watch(null, 1, Integer.MAX_VALUE);
  }

  /**
   * A write has failed. Most often the other side is about to be seen to end, which tells more;
   * where it goes on, but reads nothing, this is the end.
   */
  public void writeFailed(Throwable why) {
    if (!watching) {
      watch(why, MOMENTS_UNTIL_ITS_END, MOST_MOMENTS);
    }
  }

  private void watch(@Nullable Throwable why, int silentMoments, int moments) {
    cause = why;
    enoughSilence = silentMoments;
    momentsLeft = moments;
    silence = 0;
    heard = watching; // a moment that has begun already does not count
    if (!watching) {
      watching = true;
      loop.schedule(MOMENT, this::look);
    }
  }

  private void look() {
    if (!open.getAsBoolean()) {
      return;
    }
    if (listening.getAsBoolean()) {
      silence = heard ? 0 : silence + 1;
      momentsLeft--;
    }
    heard = false;
    if (silence >= enoughSilence || momentsLeft == 0) {
      end.accept(cause);
    } else {
      loop.schedule(MOMENT, this::look);
    }
  }
}
