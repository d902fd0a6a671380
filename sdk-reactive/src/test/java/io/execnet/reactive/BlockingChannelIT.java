package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.DumpException;
import io.execnet.core.RemoteException;
import io.execnet.core.value.PyNone;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class BlockingChannelIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Group group = Group.create();
  private Gateway gateway;

  @BeforeEach
  void open() {
    gateway = group.makeGateway().block(PATIENCE);
  }

  @AfterEach
  void close() {
    group.close();
  }

  private BlockingChannel exec(String source) {
    return gateway.remoteExec(source).open().block(PATIENCE).blocking();
  }

  @Test
  void sendsAndReceivesUntilTheEnd() throws Exception {
    BlockingChannel channel =
        exec("channel.send(channel.receive() + 1)\nchannel.send(None)\nchannel.send('last')");

    channel.send(41);
    assertThat(channel.receive()).contains(42L);
    assertThat(channel.receive(PATIENCE)).contains(PyNone.NONE);
    assertThat(channel.receive()).contains("last");
    assertThat(channel.receive()).isEmpty();
    assertThat(channel.receive(PATIENCE)).isEmpty();
    channel.waitClose(PATIENCE);
  }

  @Test
  void anItemThatComesAfterATimeoutIsNotLost() throws Exception {
    BlockingChannel channel = exec("channel.receive()\nfor i in range(3): channel.send(i)");

    assertThatThrownBy(() -> channel.receive(Duration.ofMillis(20)))
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("Channel(gw0");
    channel.send("go");
    assertThat(channel.receive()).contains(0L);
    assertThat(channel.receive()).contains(1L);
    assertThat(channel.receive()).contains(2L);
    assertThat(channel.receive()).isEmpty();
  }

  @Test
  void raisesTheErrorsThemselvesAndAgain() {
    BlockingChannel channel = exec("raise ValueError('no')");

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(channel::receive)
          .isInstanceOf(RemoteException.class)
          .hasMessage("ValueError: no");
    }
    assertThatThrownBy(() -> channel.waitClose(PATIENCE)).isInstanceOf(RemoteException.class);
    assertThatThrownBy(() -> channel.send(1)).isInstanceOf(ChannelClosedException.class);
  }

  @Test
  void hasEndedWhoeverReceivesAfterThat() throws Exception {
    Channel channel = gateway.remoteExec("channel.send(1)").open().block(PATIENCE);

    BlockingChannel blocking = channel.blocking();

    assertThat(blocking.receive()).contains(1L);
    assertThat(blocking.receive()).isEmpty();
    BaseSubscriber<Object> other =
        new BaseSubscriber<>() {
          @Override
          protected void hookOnSubscribe(Subscription subscription) {
            // Requests nothing.
          }
        };
    channel.receive().subscribe(other);
    assertThat(blocking.receive()).isEmpty();
    other.dispose();
  }

  @Test
  void anItemWithoutAPythonFormLeavesTheChannelUsable() throws Exception {
    BlockingChannel channel = exec("channel.send(channel.receive())");

    assertThatThrownBy(() -> channel.send(new Object())).isInstanceOf(DumpException.class);
    channel.send("fine");
    assertThat(channel.receive()).contains("fine");
  }

  @Test
  void anInterruptEndsTheWaitAndLosesNothing() throws Exception {
    BlockingChannel channel = exec("channel.receive()\nchannel.send('kept')");
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    AtomicReference<Thread> waiter = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              waiter.set(Thread.currentThread());
              try {
                channel.receive();
                outcome.completeExceptionally(new AssertionError("received"));
              } catch (InterruptedException | RuntimeException e) {
                outcome.complete(e);
              }
            });
    thread.start();
    await()
        .atMost(PATIENCE)
        .until(() -> waiter.get() != null && thread.getState() == Thread.State.WAITING);
    thread.interrupt();

    assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
    channel.send("go");
    assertThat(channel.receive(PATIENCE)).contains("kept");
  }

  @Test
  void aCancelWaitsUntilTheCodeHasEnded() throws Exception {
    BlockingChannel channel =
        exec(
            """
            import builtins, time
            try:
                channel.send('begun')
                time.sleep(600)
            finally:
                builtins.told = 'finally'
            """);
    assertThat(channel.receive()).contains("begun");
    channel.cancel();

    assertThat(exec("channel.send(told)").receive()).contains("finally");
    assertThatThrownBy(channel::receive)
        .isInstanceOf(RemoteException.class)
        .hasMessageContaining("Cancelled");
    channel.cancel();
  }

  @Test
  void refusesToBlockAThreadThatMustNot() {
    BlockingChannel channel = exec("channel.receive()");

    assertThatThrownBy(
            () ->
                Mono.fromCallable(channel::receive)
                    .subscribeOn(Schedulers.parallel())
                    .block(PATIENCE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("must not");
  }

  @Test
  void aGroupThatIsClosedByAnInterruptedThreadKillsItsWorkers() throws Exception {
    long pid = gateway.rinfo().block(PATIENCE).pid();
    exec("channel.send(1)\nwhile True: pass").receive();

    Thread.currentThread().interrupt();
    group.close();

    assertThat(Thread.interrupted()).isTrue();
    await().atMost(PATIENCE).until(() -> ProcessHandle.of(pid).isEmpty());
  }
}
