package io.execnet.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlineTest {

  @Test
  void leavesEachStepWhatTheOthersLeft() {
    Deadline deadline = Deadline.in(Duration.ofHours(1));
    Duration first = deadline.left();
    assertThat(first).isLessThanOrEqualTo(Duration.ofHours(1));
    assertThat(deadline.left()).isLessThanOrEqualTo(first);
    assertThat(deadline).hasToString("3600000 ms (startTimeout)");
  }

  @Test
  void neverLeavesNothing() {
    Deadline over = Deadline.in(Duration.ZERO);
    assertThat(over.left()).isEqualTo(Duration.ofMillis(1));
    assertThat(over.whole()).isZero();
  }
}
