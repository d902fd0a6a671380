package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.DumpException;
import io.execnet.core.GatewayLostException;
import io.execnet.core.RemoteException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two engines that talk through byte streams, doing random things, against a simple model. */
class EnginePairTest {

  private static final int ROUNDS = 60;
  private static final int STEPS = 400;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void bothSidesAgreeWheneverAllHasArrived(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      new Pair(random).run();
    }
  }

  private static final class Pair {

    private final Random random;
    private final ModelSide master;
    private final ModelSide worker;
    private int counter;

    Pair(Random random) {
      this.random = random;
      this.master = new ModelSide(random, ProtocolEngine::new);
      this.worker = new ModelSide(random, ProtocolEngine::ofWorker);
    }

    void run() {
      openOnBoth();
      for (int step = 0; step < STEPS; step++) {
        if (random.nextBoolean()) {
          act(master, worker);
        } else {
          act(worker, master);
        }
        if (random.nextInt(40) == 0) {
          deliverAll();
          checkAgreement();
        }
      }
      deliverAll();
      checkAgreement();
      end();
    }

    private void act(ModelSide side, ModelSide other) {
      ModelChannel channel = anyOpen(side);
      switch (random.nextInt(16)) {
        case 0 -> side.engine.open(side::channelOf);
        case 1 -> side.engine.exec(side::channelOf, "refused", null, null, Map.of());
        case 2 -> openOnBoth();
        case 3 -> {
          if (channel != null && channel.announced) {
            channel.endSend();
          }
        }
        case 4 -> {
          if (channel != null && random.nextInt(3) == 0) {
            channel.close(random.nextBoolean() ? null : "error " + counter++);
          }
        }
        case 5 -> {
          if (channel != null && !channel.sendEnded) {
            assertThatExceptionOfType(DumpException.class)
                .isThrownBy(() -> channel.send(List.of(1, new Object())));
          }
        }
        case 6, 7 -> sendChannel(side, other);
        case 8, 9, 10, 11 -> {
          if (channel != null && channel.announced && !channel.sendEnded) {
            channel.send("item " + counter++);
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
      worker.engine.adopt(id, worker::channelOf);
      master.channelAt(id).announced = true;
      worker.channelAt(id).announced = true;
    }

    /** Sends a channel, unless the other side has missed the first time that it was sent. */
    private void sendChannel(ModelSide side, ModelSide other) {
      ModelChannel carrier = anyOpen(side);
      ModelChannel inner = anyOpen(side);
      if (carrier == null || inner == null || carrier.sendEnded || !carrier.announced) {
        return;
      }
      if (!inner.announced || other.channels.containsKey(inner.id)) {
        carrier.send(inner.reference());
        inner.announced = true;
      }
    }

    private @Nullable ModelChannel anyOpen(ModelSide side) {
      List<ModelChannel> open = side.open();
      return open.isEmpty() ? null : open.get(random.nextInt(open.size()));
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
        assertThat(to.received).isEqualTo(from.sent.subList(0, to.received.size()));
        return;
      }
      assertThat(to.received).as("items of %s", from).isEqualTo(from.sent);
      boolean over = to.sendEnded && to.receiveEnded;
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

    private void end() {
      master.engine.terminate();
      deliverAll();
      assertThat(worker.terminations).isEqualTo(1);

      GatewayLostException lost = new GatewayLostException("gw0", "ended", null, "", null);
      for (ModelSide side : List.of(master, worker)) {
        List<ModelChannel> open = side.open();
        side.engine.disconnected(lost);
        assertThat(open).allSatisfy(channel -> assertThat(channel.error).isSameAs(lost));
        assertThat(side.open()).isEmpty();
        assertThat(side.engine.openChannels()).isZero();
      }
    }
  }
}
