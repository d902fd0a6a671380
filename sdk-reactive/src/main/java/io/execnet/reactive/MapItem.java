package io.execnet.reactive;

import io.execnet.core.value.PyNone;
import org.jspecify.annotations.Nullable;

/** An item on its way through a {@link MapRun}, and what is known of its attempts. */
final class MapItem {

  private final long index;
  private final Object item;

  private String gatewayId = "";
  private int deaths;
  private boolean retried;
  private long valuesGiven;
  private long valuesOfAttempt;

  MapItem(long index, Object item) {
    this.index = index;
    this.item = item;
  }

  Object item() {
    return item;
  }

  boolean isRetried() {
    return retried;
  }

  /** Whether it is to be run again after its worker went away. */
  boolean mayRetry(WorkerGoneException gone, int retries) {
    if (gone.isItemsFault()) {
      deaths++;
    }
    retried = deaths <= retries;
    return retried;
  }

  void startAttempt(String gateway) {
    gatewayId = gateway;
    valuesOfAttempt = 0;
  }

  /** A value came; false if an earlier attempt has given it already. */
  boolean isNewValue() {
    valuesOfAttempt++;
    if (valuesOfAttempt <= valuesGiven) {
      return false;
    }
    valuesGiven = valuesOfAttempt;
    return true;
  }

  MapResult value(@Nullable Object value) {
    return new MapResult.Value(index, item, value == PyNone.NONE ? null : value);
  }

  MapResult completed() {
    return new MapResult.Completed(index, item);
  }

  MapResult failed(Throwable error) {
    return new MapResult.Failed(index, item, gatewayId, error);
  }
}
