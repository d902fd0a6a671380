package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.ProtocolException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** This side sends no more than the other takes. A small int is 6 bytes. */
class SendCreditTest {

  private static final int INT = 6;
  private static final CreditLimits PLENTY = new CreditLimits(100, 10_000, 100_000);

  private final EngineUnderTest test =
      EngineUnderTest.withCredit(PLENTY, new CreditLimits(3, 100, 1_000));

  private void send(RecordingReceiver channel, int times) {
    for (int i = 0; i < times; i++) {
      test.engine.send(channel.id, i);
    }
  }

  @Test
  void soManyItemsMayBeOutstanding() {
    RecordingReceiver channel = test.open();
    assertThat(test.engine.credit().room(channel.id)).isEqualTo(3);
    send(channel, 3);

    assertThat(test.engine.credit().room(channel.id)).isZero();
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> test.engine.send(channel.id, 4))
        .withMessageContaining("no credit to send on channel " + channel.id);
    test.receive(Frame.credit(channel.id, 2, 2 * INT));
    assertThat(test.engine.credit().room(channel.id)).isEqualTo(2);
  }

  @Test
  void theSmallestLimitLetsOneItemOutAtATime() {
    EngineUnderTest one = EngineUnderTest.withCredit(PLENTY, new CreditLimits(1, 1, 1));
    int id = one.open().id;
    for (int i = 0; i < 3; i++) {
      assertThat(one.engine.credit().room(id)).isEqualTo(1);
      one.engine.send(id, i);
      assertThat(one.engine.credit().room(id)).isZero();
      one.receive(Frame.credit(id, 1, INT));
    }
  }

  @Test
  void oneItemMayExceedTheBytes() {
    RecordingReceiver channel = test.open();
    send(channel, 1);
    test.engine.send(channel.id, new byte[500]);

    assertThat(test.engine.credit().room(channel.id)).isZero();
    test.receive(Frame.credit(channel.id, 1, INT));
    assertThat(test.engine.credit().room(channel.id)).isZero();
    test.receive(Frame.credit(channel.id, 1, 506));
    assertThat(test.engine.credit().room(channel.id)).isEqualTo(3);
  }

  @Test
  void whoWaitsIsToldOnce() {
    RecordingReceiver channel = test.open();
    send(channel, 3);
    test.engine.credit().awaitRoom(channel.id);
    test.engine.credit().awaitRoom(channel.id);
    assertThat(channel.events).isEmpty();

    test.receive(Frame.credit(channel.id, 1, INT), Frame.credit(channel.id, 1, INT));
    assertThat(channel.events).containsExactly("room");
  }

  @Test
  void beyondTheTotalAChannelWithNothingOutstandingSendsOneItem() {
    RecordingReceiver greedy = test.open();
    test.engine.send(greedy.id, new byte[2_000]);
    RecordingReceiver other = test.open();

    assertThat(test.engine.credit().room(other.id)).isEqualTo(1);
    send(other, 1);
    assertThat(test.engine.credit().room(other.id)).isZero();
    test.engine.credit().awaitRoom(other.id);
    test.receive(Frame.credit(other.id, 1, INT));
    assertThat(other.events).containsExactly("room");
    assertThat(test.engine.credit().room(other.id)).isEqualTo(1);
  }

  private List<RecordingReceiver> twoWhoWaitFor(RecordingReceiver greedy) {
    List<RecordingReceiver> others = List.of(test.open(), test.open());
    for (RecordingReceiver other : others) {
      send(other, 1);
    }
    test.engine.send(greedy.id, new byte[2_000]);
    others.forEach(other -> test.engine.credit().awaitRoom(other.id));
    return others;
  }

  @Test
  void whoWaitsForTheTotalIsToldInTurnWhileThereIsRoom() {
    RecordingReceiver greedy = test.open();
    List<RecordingReceiver> others = twoWhoWaitFor(greedy);

    test.receive(Frame.credit(greedy.id, 1, 2_006));
    assertThat(others).allSatisfy(other -> assertThat(other.events).containsExactly("room"));
  }

  @Test
  void whoIsShortOfItemsAndThenOfTheTotalIsToldInTheEnd() {
    RecordingReceiver first = test.open();
    send(first, 3);
    test.engine.credit().awaitRoom(first.id);
    RecordingReceiver greedy = test.open();
    test.engine.send(greedy.id, new byte[2_000]);

    test.receive(Frame.credit(first.id, 2, 2 * INT));
    assertThat(first.events).isEmpty();
    test.receive(Frame.credit(greedy.id, 1, 2_006));
    assertThat(first.events).containsExactly("room");
  }

  @Test
  void whoIsToldMayCloseAnotherWhoWaits() {
    RecordingReceiver greedy = test.open();
    List<RecordingReceiver> others = twoWhoWaitFor(greedy);
    others.get(0).onRoom = () -> test.engine.close(others.get(1).id, null);

    test.receive(Frame.credit(greedy.id, 1, 2_006));
    assertThat(others.get(0).events).containsExactly("room");
    assertThat(others.get(1).events).containsExactly("closed");
  }

  @Test
  void creditForAChannelThatIsClosedCountsForTheTotal() {
    RecordingReceiver closed = test.open();
    test.engine.send(closed.id, new byte[2_000]);
    RecordingReceiver other = test.open();
    send(other, 1);
    test.engine.credit().awaitRoom(other.id);
    test.engine.close(closed.id, null);
    assertThat(other.events).isEmpty();

    test.receive(Frame.credit(0, 0, 2_006));
    assertThat(other.events).containsExactly("room");
  }

  @Test
  void creditForMoreThanIsOutstandingBreaksTheProtocol() {
    RecordingReceiver channel = test.open();
    send(channel, 1);
    for (Frame frame :
        List.of(
            Frame.credit(channel.id, 2, INT),
            Frame.credit(channel.id, 1, INT + 1),
            Frame.credit(0, 0, INT + 1),
            Frame.credit(channel.id, -1, INT))) {
      EngineUnderTest fresh = EngineUnderTest.withCredit(PLENTY, new CreditLimits(3, 100, 1_000));
      fresh.engine.send(fresh.open().id, 1);
      assertThatExceptionOfType(ProtocolException.class)
          .isThrownBy(() -> fresh.receive(frame))
          .withMessageMatching("(?s).*(credit|CREDIT).*");
    }
  }

  @Test
  void closingAndTheLikeNeedNoCredit() {
    RecordingReceiver channel = test.open();
    send(channel, 3);
    test.sent();
    test.engine.endSend(channel.id);
    test.engine.close(channel.id, "enough");

    assertThat(test.sent())
        .containsExactly("LAST " + channel.id, "CLOSE_ERROR " + channel.id + " enough");
    assertThat(test.engine.credit().room(channel.id)).isZero();
  }
}
