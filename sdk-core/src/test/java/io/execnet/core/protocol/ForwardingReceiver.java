package io.execnet.core.protocol;

import io.execnet.core.ExecnetException;
import io.execnet.core.value.ChannelReference;
import org.jspecify.annotations.Nullable;

/** Passes everything on, for tests to override one thing. */
class ForwardingReceiver implements ChannelReceiver {

  private final ChannelReceiver target;

  ForwardingReceiver(ChannelReceiver target) {
    this.target = target;
  }

  @Override
  public ChannelReference reference() {
    return target.reference();
  }

  @Override
  public void onItem(@Nullable Object item, int bytes) {
    target.onItem(item, bytes);
  }

  @Override
  public void onReceiveEnd() {
    target.onReceiveEnd();
  }

  @Override
  public void onClosed(@Nullable ExecnetException error) {
    target.onClosed(error);
  }
}
