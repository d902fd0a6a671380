package io.execnet.reactive;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;

/** What code of a real worker sends comes by the rules of Reactive Streams too. */
@Timeout(120)
class ReceivingTckIT {

  private final Group group = Group.create();

  @AfterEach
  void close() {
    group.close();
  }

  @TestFactory
  Stream<DynamicTest> receiving() {
    Gateway gateway = group.makeGateway().block();
    return ReactiveStreamsTckTest.tests(() -> new Receiving(gateway));
  }

  /** One execution's items. */
  public static final class Receiving extends PublisherVerification<Object> {

    private final Gateway gateway;

    Receiving(Gateway gateway) {
      super(ReactiveStreamsTckTest.environment());
      this.gateway = gateway;
    }

    @Override
    public long maxElementsFromPublisher() {
      return ReactiveStreamsTckTest.MOST;
    }

    @Override
    public Publisher<Object> createPublisher(long elements) {
      return exec("for i in range(%d): channel.send(i)".formatted(elements)).receive();
    }

    @Override
    public Publisher<Object> createFailedPublisher() {
      Channel channel = exec("raise ValueError");
      channel.waitClose().onErrorComplete().block();
      return channel.receive();
    }

    private Channel exec(String source) {
      return gateway.remoteExec(source).open().block();
    }
  }
}
