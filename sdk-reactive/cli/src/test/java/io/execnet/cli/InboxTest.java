package io.execnet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

class InboxTest {

  private static final Runnable NOTHING = () -> {};

  @Test
  void givesEveryItemThenTheEnd() throws Exception {
    Inbox<Integer> inbox = new Inbox<>();
    Flux.range(0, 1000).subscribe(inbox);
    List<Integer> items = new ArrayList<>();
    Optional<Integer> item = inbox.next(NOTHING, null);
    while (item.isPresent()) {
      items.add(item.get());
      item = inbox.next(NOTHING, null);
    }
    assertThat(items).hasSize(1000).isSorted();
  }

  @Test
  void requestsNoMoreThanIsTakenAndAFewAhead() throws Exception {
    AtomicLong requested = new AtomicLong();
    Inbox<Integer> inbox = new Inbox<>();
    Flux.range(0, 1000).doOnRequest(requested::addAndGet).subscribe(inbox);
    assertThat(requested).hasValue(Inbox.AHEAD);
    for (int i = 0; i < 100; i++) {
      inbox.next(NOTHING, null);
    }
    assertThat(requested.get()).isBetween(100L, 100L + Inbox.AHEAD);
  }

  @Test
  void guestsCostTheStreamNoDemand() throws Exception {
    AtomicLong requested = new AtomicLong();
    Inbox<Integer> inbox = new Inbox<>();
    Flux.<Integer>never().doOnRequest(requested::addAndGet).subscribe(inbox);
    for (int i = 0; i < 100; i++) {
      inbox.add(i);
      assertThat(inbox.next(NOTHING, null)).contains(i);
    }
    assertThat(requested).hasValue(Inbox.AHEAD);
  }

  @Test
  void runsTheActionOnlyBeforeItWaits() throws Exception {
    Inbox<Integer> inbox = new Inbox<>();
    Flux.just(1, 2).concatWith(Flux.never()).subscribe(inbox);
    AtomicInteger waits = new AtomicInteger();
    inbox.next(waits::incrementAndGet, null);
    inbox.next(waits::incrementAndGet, null);
    assertThat(waits).hasValue(0);
    assertThatThrownBy(() -> inbox.next(waits::incrementAndGet, System.nanoTime() + 1_000_000))
        .isInstanceOf(TimeoutException.class);
    assertThat(waits).hasValue(1);
  }

  @Test
  void givesUpAtTheDeadlineThoughThereIsAlwaysMore() throws Exception {
    Inbox<Integer> inbox = new Inbox<>();
    Flux.range(0, 1000).subscribe(inbox);
    assertThatThrownBy(() -> inbox.next(NOTHING, System.nanoTime() - 1))
        .isInstanceOf(TimeoutException.class);
  }

  @Test
  void failsAsTheStreamDoesAfterTheItemsBefore() throws Exception {
    Inbox<Integer> inbox = new Inbox<>();
    Flux.just(1).concatWith(Flux.error(new IllegalStateException("broken"))).subscribe(inbox);
    assertThat(inbox.next(NOTHING, null)).contains(1);
    assertThatThrownBy(() -> inbox.next(NOTHING, null)).hasMessage("broken");
  }
}
