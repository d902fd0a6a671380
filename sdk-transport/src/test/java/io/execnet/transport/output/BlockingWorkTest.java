package io.execnet.transport.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.testing.Quietly;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;

class BlockingWorkTest {

  @Test
  void consumersThatBlockHoldUpNoStart() throws Exception {
    CountDownLatch blocked = new CountDownLatch(1_000);
    CountDownLatch end = new CountDownLatch(1);
    Disposable.Composite consumers = Disposables.composite();
    for (int i = 0; i < 1_000; i++) {
      consumers.add(
          BlockingWork.OUTPUT.schedule(
              () -> {
                blocked.countDown();
                Quietly.await(end);
              }));
    }
    try {
      assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();
      CountDownLatch started = new CountDownLatch(1);
      BlockingWork.STARTS.schedule(started::countDown);
      assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      end.countDown();
      consumers.dispose();
    }
  }
}
