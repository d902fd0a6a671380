package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.RemoteException;
import org.junit.jupiter.api.Test;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class ReceiveQueueTest {

  private final FakeConnection connection = new FakeConnection();
  private final ReadGate gate = new ReadGate(connection);
  private final GroupOptions options = GroupOptions.defaults().withReceiveBuffer(4, 1000);
  private int overflows;
  private final ReceiveQueue queue =
      new ReceiveQueue(
          Schedulers.immediate(),
          new GateWindow(connection.eventLoop(), gate, options, () -> overflows++));

  private final Flux<Object> received =
      new Flux<>() {
        @Override
        public void subscribe(CoreSubscriber<? super Object> actual) {
          queue.subscribe(actual, this);
        }
      };

  @Test
  void givesNoMoreThanWasRequested() {
    queue.offer(1, 10);
    queue.offer(2, 10);
    queue.offer(3, 10);

    StepVerifier.create(received, 0)
        .expectSubscription()
        .thenRequest(1)
        .expectNext(1)
        .thenRequest(2)
        .expectNext(2, 3)
        .thenCancel()
        .verify();
  }

  @Test
  void aLaterSubscriberGoesOnWhereACancelledOneStopped() {
    queue.offer(1, 10);
    queue.offer(2, 10);

    StepVerifier.create(received.next()).expectNext(1).verifyComplete();
    StepVerifier.create(received.next()).expectNext(2).verifyComplete();
  }

  @Test
  void aSecondSubscriberAtATimeIsRefused() {
    received.subscribe();

    StepVerifier.create(received).verifyErrorMessage("the channel has a receiver already");
  }

  @Test
  void theErrorComesAfterTheItemsAndAgainForEverySubscriber() {
    queue.offer(1, 10);
    queue.end(new RemoteException("ValueError: x"));

    StepVerifier.create(received).expectNext(1).verifyErrorMessage("ValueError: x");
    StepVerifier.create(received).verifyErrorMessage("ValueError: x");
  }

  @Test
  void onlyTheFirstEndCounts() {
    queue.end(null);
    queue.end(new RemoteException("late"));

    StepVerifier.create(received).verifyComplete();
  }

  @Test
  void stopsReadingWhenFullOfItemsAndGoesOnWhenHalfAreTaken() {
    for (int i = 0; i < 4; i++) {
      queue.offer(i, 10);
    }
    assertThat(connection.reading).isFalse();
    assertThat(overflows).isEqualTo(1);

    StepVerifier.create(received, 0)
        .thenRequest(1)
        .expectNext(0)
        .then(() -> assertThat(connection.reading).isFalse())
        .thenRequest(1)
        .expectNext(1)
        .then(() -> assertThat(connection.reading).isTrue())
        .thenCancel()
        .verify();
  }

  @Test
  void whatNobodyWantsStopsNothing() {
    for (int i = 0; i < 3; i++) {
      queue.offer(i, 10);
    }
    queue.discard();
    for (int i = 0; i < 100; i++) {
      queue.offer(i, 10);
    }

    assertThat(connection.reading).isTrue();
    assertThat(overflows).isZero();
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void stopsReadingWhenFullOfBytes() {
    queue.offer("large", 1000);

    assertThat(connection.reading).isFalse();
  }
}
