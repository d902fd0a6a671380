package io.execnet.reactive;

import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.MonoSink;

/**
 * Sends the items of a source, which arrive on the event loop, one after the other as the gateway's
 * {@link WriteGate} lets them.
 */
final class ItemSender extends BaseSubscriber<Object> {

  private final ChannelState channel;
  private final MonoSink<Void> result;

  ItemSender(ChannelState channel, MonoSink<Void> result) {
    this.channel = channel;
    this.result = result;
  }

  @Override
  protected void hookOnSubscribe(Subscription subscription) {
    channel.gateway().onLoop(this::requestNext);
  }

  @Override
  protected void hookOnNext(Object item) {
    channel.sendNow(item);
    requestNext();
  }

  @Override
  protected void hookOnComplete() {
    result.success();
  }

  @Override
  protected void hookOnError(Throwable error) {
    result.error(error);
  }

  private void requestNext() {
    channel.gateway().writeGate().whenOpen(() -> request(1));
  }
}
