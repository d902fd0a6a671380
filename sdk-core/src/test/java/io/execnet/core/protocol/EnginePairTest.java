package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.DumpException;
import io.execnet.core.GatewayLostException;
import io.execnet.core.RemoteException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Two engines that talk through byte streams, doing random things, against a simple model: {@code
 * -Dexecnet.seed=…} does again what a failure names.
 */
class EnginePairTest {

  private static final int ROUNDS = 3_000;
  private static final int STEPS = 60;

  private static final GatewayLostException LOST =
      new GatewayLostException("gw0", "ended", null, "", null);

  @Test
  void bothSidesAgreeWheneverAllHasArrived() {
    interleave(random -> new Pair(random, null));
  }

  @Test
  void noneSendsBeyondItsCreditAndNoneWaitsForEver() {
    interleave(random -> new Pair(random, new FlowControl(limits(random), limits(random))));
  }

  private static void interleave(Function<Random, Pair> pairs) {
    Long given = Long.getLong("execnet.seed");
    Random seeds = new Random();
    long begun = System.nanoTime();
    int rounds = given == null ? ROUNDS : 1;
    for (int round = 0; round < rounds; round++) {
      long seed = given == null ? seeds.nextLong() : given;
      try {
        pairs.apply(new Random(seed)).run();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("with -Dexecnet.seed=" + seed + ": " + e.getMessage(), e);
      }
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    System.out.printf(
        "%d interleavings of %d steps, %.0f a second%n", rounds, STEPS, rounds / seconds);
  }

  private static CreditLimits limits(Random random) {
    return new CreditLimits(1 + random.nextInt(5), 1 + random.nextInt(60), 1 + random.nextInt(200));
  }

  private static final class Pair {

    private final Random random;
    private final ModelSide master;
    private final ModelSide worker;
    private int counter;

    /** Lets the worker greet, and say that it knows credit where that is wanted. */
    Pair(Random random, @Nullable FlowControl flow) {
      this.random = random;
      this.master =
          new ModelSide(
              random, listener -> ProtocolEngine.withHello(ProtocolLimits.DEFAULT, listener, flow));
      this.worker =
          new ModelSide(
              random, listener -> ProtocolEngine.ofWorker(ProtocolLimits.DEFAULT, listener));
      Map<String, @Nullable Object> hello = new HashMap<>();
      hello.put("telepathy", List.of());
      if (random.nextInt(4) > 0) {
        hello.put("cancel", null);
      }
      if (random.nextBoolean()) {
        hello.put("marshal", null);
        hello.put("items", null);
        worker.engine.state().encoder.marshalItems();
        worker.engine.state().encoder.joinItems();
      }
      if (flow != null) {
        hello.put("credit", null);
        master.receive = flow.receive();
        worker.receive = flow.send();
        worker.engine.state().control(new FlowControl(flow.send(), flow.receive()));
      }
      greet(hello);
    }

    private void greet(Map<String, ?> hello) {
      assertThatIllegalStateException()
          .isThrownBy(() -> master.engine.open(master::channelOf))
          .withMessageContaining("has not said yet");
      master.arriving.writeBytes(Frame.bytes(Frame.hello(hello)));
      while (master.arriving.size() > 0) {
        master.receiveSome();
      }
      assertThat(master.interrupts).isEqualTo(hello.containsKey("cancel"));
    }

    void run() {
      openOnBoth();
      int lostAt = random.nextInt(2 * STEPS);
      for (int step = 0; step < STEPS; step++) {
        if (step == lostAt) {
          lose();
          return;
        }
        if (random.nextBoolean()) {
          act(master, worker);
        } else {
          act(worker, master);
        }
        if (random.nextInt(40) == 0) {
          settle();
          checkAgreement();
        }
      }
      settle();
      checkAgreement();
      end();
    }

    private void act(ModelSide side, ModelSide other) {
      ModelChannel channel = anyOpen(side);
      switch (random.nextInt(21)) {
        case 0 -> side.engine.open(side::channelOf);
        case 1 -> exec("refused", false);
        case 2 -> openOnBoth();
        case 3 -> {
          if (channel != null && channel.maySend()) {
            channel.endSend();
          }
        }
        case 4 -> {
          if (channel != null && random.nextInt(3) == 0) {
            channel.close(random.nextBoolean() ? null : "error " + counter++);
          }
        }
        case 5 -> {
          if (channel != null && !channel.sendEnded && !channel.cancelled) {
            int room = side.engine.credit().room(channel.id);
            if (room > 0) {
              assertThatExceptionOfType(DumpException.class)
                  .isThrownBy(() -> channel.send(List.of(1, new Object())));
              assertThat(side.engine.credit().room(channel.id)).isEqualTo(room);
            }
          }
        }
        case 6, 7 -> sendChannel(side, other);
        case 8, 9, 10, 11 -> {
          if (channel != null && channel.maySend()) {
            channel.send("item " + counter++);
          }
        }
        case 12, 13 -> {
          List<ModelChannel> all = List.copyOf(side.channels.values());
          all.get(random.nextInt(all.size())).take(1 + random.nextInt(3));
        }
        case 14 -> exec("run", true);
        case 15 -> {
          if (channel != null && side == master && !channel.cancelled) {
            channel.cancel();
          }
        }
        default -> {
          side.sendTo(other);
          other.receiveSome();
        }
      }
    }

    /** A channel that both know from its beginning, as if code ran on it. */
    private void openOnBoth() {
      int id = master.engine.open(master::channelOf);
      worker.engine.state().register(id, worker.channelOf(id), false);
      master.channelAt(id).announced = true;
      worker.channelAt(id).announced = true;
    }

    private void exec(String source, boolean runs) {
      int id = master.engine.exec(master::channelOf, source, null, null, Map.of());
      master.channelAt(id).executed = true;
      master.channelAt(id).announced = runs;
    }

    /** Sends a channel, unless the other side has missed the first time that it was sent. */
    private void sendChannel(ModelSide side, ModelSide other) {
      ModelChannel carrier = anyOpen(side);
      ModelChannel inner = anyOpen(side);
      if (carrier == null || inner == null || !carrier.maySend()) {
        return;
      }
      if ((!inner.announced || other.channels.containsKey(inner.id))
          && carrier.send(inner.reference())) {
        inner.announced = true;
      }
    }

    private @Nullable ModelChannel anyOpen(ModelSide side) {
      List<ModelChannel> open = side.open();
      return open.isEmpty() ? null : open.get(random.nextInt(open.size()));
    }

    /** All that was sent arrives and is taken, so that nobody has to wait. */
    private void settle() {
      boolean goesOn = true;
      while (goesOn) {
        deliverAll();
        goesOn = master.takeAll() | worker.takeAll();
      }
      for (ModelSide side : List.of(master, worker)) {
        assertThat(side.open()).noneMatch(channel -> channel.waiting);
      }
    }

    private void deliverAll() {
      do {
        master.sendTo(worker);
        worker.sendTo(master);
        while (master.arriving.size() > 0) {
          master.receiveSome();
        }
        while (worker.arriving.size() > 0) {
          worker.receiveSome();
        }
      } while (master.engine.outbound().length() + worker.engine.outbound().length() > 0);
    }

    private void checkAgreement() {
      for (ModelChannel channel : master.channels.values()) {
        ModelChannel counterpart = worker.channels.get(channel.id);
        if (counterpart != null) {
          checkOneWay(channel, counterpart);
          checkOneWay(counterpart, channel);
        }
      }
      assertThat(master.engine.openChannels()).isEqualTo(master.open().size());
      assertThat(worker.engine.openChannels()).isEqualTo(worker.open().size());
    }

    private void checkOneWay(ModelChannel from, ModelChannel to) {
      assertThat(to.closed).as("%s is closed on both sides", from).isEqualTo(from.closed);
      if (to.closedHere) {
        checkBeginning(from, to);
        return;
      }
      assertThat(to.received).as("items of %s", from).isEqualTo(from.sent);
      boolean over = !to.executed && to.sendEnded && to.receiveEnded;
      if (from.closedWith != null && !over) {
        assertThat(to.error)
            .isInstanceOf(RemoteException.class)
            .extracting(error -> ((RemoteException) error).remoteText())
            .isEqualTo(from.closedWith);
      }
      if (from.sendEnded && !from.closedHere) {
        assertThat(to.receiveEnded).as("end of %s was seen", from).isTrue();
      }
    }

    private void checkBeginning(ModelChannel from, ModelChannel to) {
      assertThat(to.received).isEqualTo(from.sent.subList(0, to.received.size()));
    }

    private void end() {
      master.engine.terminate();
      deliverAll();
      assertThat(worker.terminations).isEqualTo(1);
      disconnect(master);
      disconnect(worker);
    }

    private void disconnect(ModelSide side) {
      List<ModelChannel> open = side.open();
      side.engine.disconnected(LOST);
      assertThat(open).allSatisfy(channel -> assertThat(channel.error).isSameAs(LOST));
      assertThat(side.open()).isEmpty();
      assertThat(side.engine.openChannels()).isZero();
    }

    /** One side sees the end amid all, and the other when some more has arrived there. */
    private void lose() {
      boolean masterFirst = random.nextBoolean();
      ModelSide first = masterFirst ? master : worker;
      ModelSide second = masterFirst ? worker : master;
      disconnect(first);
      for (int i = random.nextInt(5); i > 0; i--) {
        second.receiveSome();
      }
      disconnect(second);
      for (ModelSide side : List.of(first, second)) {
        int channels = side.channels.size();
        side.takeAll();
        side.engine.receive(ByteBuffer.wrap(side.arriving.toByteArray()));
        assertThat(side.channels).as("what comes after the end means nothing").hasSize(channels);
        assertThat(side.engine.outbound().length()).isZero();
        assertThatExceptionOfType(ChannelClosedException.class)
            .isThrownBy(() -> side.engine.open(side::channelOf));
      }
      for (ModelChannel channel : master.channels.values()) {
        ModelChannel counterpart = worker.channels.get(channel.id);
        if (counterpart != null) {
          checkBeginning(channel, counterpart);
          checkBeginning(counterpart, channel);
        }
      }
    }
  }
}
