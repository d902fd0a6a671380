package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.ProtocolException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The other side may send what this one has taken, and is told in portions. An int is 6 bytes. */
class ReceiveCreditTest {

  private static final int INT = 6;
  private static final CreditLimits PLENTY = new CreditLimits(100, 10_000, 100_000);

  private final EngineUnderTest test = with(new CreditLimits(4, 1_000, 4_000));

  private static EngineUnderTest with(CreditLimits receive) {
    return EngineUnderTest.withCredit(receive, PLENTY);
  }

  private static void arrive(EngineUnderTest engine, int id, int times) {
    for (int i = 0; i < times; i++) {
      engine.receive(Frame.data(id, i));
    }
  }

  @Test
  void creditGoesInPortions() {
    int id = test.exec().id;
    arrive(test, id, 4);
    test.engine.credit().taken(id, 1, INT);
    assertThat(test.sent()).isEmpty();
    test.engine.credit().taken(id, 1, INT);
    assertThat(test.sent()).containsExactly("CREDIT " + id + " 2 12");
  }

  @Test
  void nothingIsKeptBackOfASingleItem() {
    EngineUnderTest one = with(new CreditLimits(1, 1_000, 4_000));
    int id = one.exec().id;
    for (int i = 0; i < 3; i++) {
      arrive(one, id, 1);
      assertThat(one.engine.credit().isFull(id)).isTrue();
      one.engine.credit().taken(id, 1, INT);
      assertThat(one.sent()).containsExactly("CREDIT " + id + " 1 6");
      assertThat(one.engine.credit().isFull(id)).isFalse();
    }
  }

  @Test
  void dataWithoutCreditBreaksTheProtocol() {
    int id = test.exec().id;
    arrive(test, id, 4);

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> arrive(test, id, 1))
        .withMessageContaining("data on channel " + id + " without credit: 4 items of 24 bytes");
  }

  @Test
  void oneItemMayExceedTheBytesAndTheNextMayNot() {
    int id = test.exec().id;
    test.receive(Frame.data(id, new byte[2_000]));

    assertThat(test.engine.credit().isFull(id)).isTrue();
    assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> arrive(test, id, 1));
  }

  @Test
  void whereMuchIsOutstandingNothingIsKeptBack() {
    EngineUnderTest tight = with(new CreditLimits(10, 10_000, 100));
    int patient = tight.exec().id;
    int greedy = tight.exec().id;
    arrive(tight, patient, 2);
    tight.engine.credit().taken(patient, 1, INT);
    assertThat(tight.sent()).isEmpty();

    tight.receive(Frame.data(greedy, new byte[60]));
    assertThat(tight.sent()).containsExactly("CREDIT " + patient + " 1 6");
    tight.engine.credit().taken(patient, 1, INT);
    assertThat(tight.sent()).containsExactly("CREDIT " + patient + " 1 6");
  }

  @Test
  void beyondTheTotalEachChannelMayBringOneItem() {
    EngineUnderTest tight = with(new CreditLimits(10, 10_000, 100));
    int greedy = tight.exec().id;
    int other = tight.exec().id;
    tight.receive(Frame.data(greedy, new byte[200]), Frame.data(other, 1));

    assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> arrive(tight, other, 1));
  }

  @Test
  void whatIsTakenAfterTheEndOfItsChannelCountsForTheTotal() {
    EngineUnderTest tight = with(new CreditLimits(10, 20, 1_000));
    int id = tight.exec().id;
    arrive(tight, id, 2);
    tight.engine.credit().taken(id, 1, INT);
    tight.receive(Frame.close(id));
    assertThat(tight.sent()).isEmpty();
    tight.engine.credit().taken(id, 1, INT);

    assertThat(tight.sent()).containsExactly("CREDIT 0 0 12");
  }

  @Test
  void whatNobodyTakesIsCredited() {
    EngineUnderTest tight = with(new CreditLimits(1, 12, 1_000));
    int id = tight.open().id;
    tight.engine.close(id, null);
    tight.sent();
    arrive(tight, id, 2); // was on its way

    assertThat(tight.sent()).containsExactly("CREDIT " + id + " 1 6", "CREDIT " + id + " 1 6");
  }

  @Test
  void whatCantBeReadIsCredited() {
    EngineUnderTest tight = with(new CreditLimits(1, 2, 1_000));
    int id = tight.exec().id;
    tight.receive(Frame.rawData(id, "00"));

    assertThat(tight.sent()).hasSize(2).contains("CREDIT " + id + " 1 1");
  }

  @Test
  void theAnswerToAQuestionIsNotCounted() {
    EngineUnderTest one = with(new CreditLimits(1, 1, 1));
    RecordingReceiver[] answer = new RecordingReceiver[1];
    int id = one.engine.requestStatus(it -> answer[0] = one.receiver(it));
    one.sent();
    one.receive(Frame.data(id, 1), Frame.close(id));
    one.engine.credit().taken(id, 1, 0);

    assertThat(answer[0].items).isEqualTo(List.of(1L));
    assertThat(one.sent()).isEmpty();
  }

  @Test
  void theAnswerToAQuestionThatNobodyWaitsForIsNotCountedEither() {
    EngineUnderTest one = with(new CreditLimits(1, 1, 1));
    int id = one.engine.requestStatus(one::receiver);
    one.engine.close(id, null);
    one.sent();
    one.receive(Frame.data(id, 1), Frame.close(id));

    assertThat(one.sent()).isEmpty();
  }

  @Test
  void whatIsTooLongIsCreditedWhenAllOfItHasCome() {
    EngineUnderTest small =
        EngineUnderTest.withCredit(
            new ProtocolLimits(ProtocolLimits.DEFAULT.values(), 100, 10),
            new CreditLimits(10, 20, 1_000),
            PLENTY);
    int id = small.exec().id;
    byte[] frame = Frame.bytes(Frame.data(id, new byte[300]));
    small.engine.receive(ByteBuffer.wrap(frame, 0, frame.length - 1));
    assertThat(small.engine.openChannels()).isZero();
    assertThat(small.sent()).noneMatch(sent -> sent.startsWith("CREDIT"));

    small.engine.receive(ByteBuffer.wrap(frame, frame.length - 1, 1));
    assertThat(small.sent()).containsExactly("CREDIT " + id + " 1 306");
  }

  @Test
  void whatComesThoughNothingMoreShouldIsCredited() {
    EngineUnderTest one = with(new CreditLimits(1, 10, 1_000));
    int id = one.exec().id;
    one.receive(Frame.last(id), Frame.data(id, 1), Frame.data(id, 2));

    assertThat(one.sent()).containsExactly("CREDIT " + id + " 1 6", "CREDIT " + id + " 1 6");
  }

  @Test
  void nothingIsGrantedOnceTheGatewayEnds() {
    int id = test.exec().id;
    arrive(test, id, 4);
    test.engine.terminate();
    test.sent();
    test.engine.credit().taken(id, 4, 4 * INT);

    assertThat(test.sent()).isEmpty();
  }
}
