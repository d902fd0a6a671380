package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.DumpException;
import io.execnet.core.RemoteException;
import io.execnet.core.value.ValueLimits;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** From the opening of a channel to its end, one rule after the other. */
class ChannelLifeTest {

  private final EngineUnderTest test = new EngineUnderTest();
  private final ProtocolEngine engine = test.engine;

  @Nested
  class Opening {

    @Test
    void idsAreOddAndInOrder() {
      assertThat(engine.open(test::receiver)).isEqualTo(1);
      assertThat(engine.exec(test::receiver, "pass", null, null, Map.of())).isEqualTo(3);
      assertThat(engine.requestStatus(test::receiver)).isEqualTo(5);
      assertThat(engine.openChannels()).isEqualTo(3);
    }

    @Test
    void theReceiverIsMadeForItsId() {
      int id = engine.open(test::receiver);

      assertThat(test.receivers).containsOnlyKeys(id);
    }

    @Test
    void openingAChannelSendsNothing() {
      test.open();

      assertThat(test.sent()).isEmpty();
    }

    @Test
    void executionSendsTheCode() {
      engine.exec(test::receiver, "source", "file.py", "f", Map.of("a", 1));

      assertThat(test.sent()).containsExactly("EXEC 1 (source, file.py, f, {a=1})");
    }

    @Test
    void executionWhoseArgumentsCanNotBeSentLeavesNothing() {
      assertThatExceptionOfType(DumpException.class)
          .isThrownBy(
              () -> engine.exec(test::receiver, "pass", null, "f", Map.of("a", new Object())));

      assertThat(engine.openChannels()).isZero();
      assertThat(test.sent()).isEmpty();
      assertThat(test.receiverOf(1).events).isEmpty();
    }

    @Test
    void aReceiverThatCanNotBeMadeLeavesNothing() {
      assertThatIllegalStateException()
          .isThrownBy(
              () ->
                  engine.open(
                      id -> {
                        throw new IllegalStateException();
                      }));

      assertThat(engine.openChannels()).isZero();
    }

    @Test
    void tooManyChannelsAreRefusedAndTheMessageNamesTheLimit() {
      EngineUnderTest small =
          new EngineUnderTest(new ProtocolLimits(ValueLimits.DEFAULT, 1_000, 2));
      small.open();
      RecordingReceiver second = small.open();

      assertThatIllegalStateException()
          .isThrownBy(small::open)
          .withMessageContaining("2 channels")
          .withMessageContaining("maxChannels");

      small.engine.close(second.id, null);
      assertThatCode(small::open).doesNotThrowAnyException();
    }

    @Test
    void idsStartAgainWhenTheyRunOutAndSkipThoseInUse() {
      RecordingReceiver first = test.open();
      engine.state().channels.skipTo(Integer.MAX_VALUE - 2);

      assertThat(first.id).isEqualTo(1);
      assertThat(test.open().id).isEqualTo(Integer.MAX_VALUE - 2);
      assertThat(test.open().id).isEqualTo(Integer.MAX_VALUE);
      assertThat(test.open().id).isEqualTo(3);
    }
  }

  @Nested
  class Items {

    @Test
    void areSentAndArriveInOrder() {
      RecordingReceiver channel = test.exec();
      engine.send(channel.id, 1);
      engine.send(channel.id, "two");
      test.receive(Frame.data(1, "a"), Frame.data(1, null), Frame.data(1, 2.5));

      assertThat(test.sent()).containsExactly("DATA 1 1", "DATA 1 two");
      assertThat(channel.events).containsExactly("item a", "item null", "item 2.5");
    }

    @Test
    void areToldWithTheLengthOfTheirPayload() {
      int[] length = {0};
      engine.open(
          id ->
              new ForwardingReceiver(test.receiver(id)) {
                @Override
                public void onItem(@Nullable Object item, int bytes) {
                  length[0] = bytes;
                }
              });
      test.receive(Frame.data(1, "abc"));

      assertThat(length[0]).isEqualTo(9);
    }

    @Test
    void ofUnknownChannelsAreDropped() {
      test.receive(Frame.data(1, "a"), Frame.data(2, "b"), Frame.data(0, "c"), Frame.data(-1, "d"));

      assertThat(test.opened).isEmpty();
      assertThat(test.sent()).isEmpty();
    }

    @Test
    void afterTheOtherSideEndedSendingAreDropped() {
      RecordingReceiver channel = test.exec();
      test.receive(Frame.last(1), Frame.data(1, "late"));

      assertThat(channel.events).containsExactly("end");
    }

    @Test
    void thatCanNotBeSentLeaveTheChannelUsable() {
      RecordingReceiver channel = test.exec();

      assertThatExceptionOfType(DumpException.class)
          .isThrownBy(() -> engine.send(channel.id, new Object()));

      engine.send(channel.id, "fine");
      assertThat(test.sent()).containsExactly("DATA 1 fine");
      assertThat(channel.events).isEmpty();
    }
  }

  @Nested
  class ClosingHere {

    @Test
    void isToldToTheOtherSideAndTheReceiver() {
      RecordingReceiver channel = test.exec();
      engine.close(channel.id, null);

      assertThat(test.sent()).containsExactly("CLOSE 1");
      assertThat(channel.events).containsExactly("closed");
      assertThat(engine.openChannels()).isZero();
    }

    @Test
    void withAnErrorIsThatErrorOnBothSides() {
      RecordingReceiver channel = test.exec();
      engine.close(channel.id, "boom");

      assertThat(test.sent()).containsExactly("CLOSE_ERROR 1 boom");
      assertThat(channel.error)
          .isInstanceOf(ChannelClosedException.class)
          .hasMessageContaining("boom");
    }

    @Test
    void twiceDoesNothing() {
      RecordingReceiver channel = test.exec();
      engine.close(channel.id, null);
      engine.close(channel.id, "again");

      assertThat(test.sent()).containsExactly("CLOSE 1");
      assertThat(channel.events).containsExactly("closed");
    }

    @Test
    void makesSendingAnError() {
      RecordingReceiver channel = test.exec();
      engine.close(channel.id, null);

      assertThatExceptionOfType(ChannelClosedException.class)
          .isThrownBy(() -> engine.send(channel.id, 1))
          .withMessageContaining("channel 1 is closed");
    }

    @Test
    void makesWhatStillArrivesMeaningless() {
      RecordingReceiver channel = test.exec();
      engine.close(channel.id, null);
      test.receive(Frame.data(1, "late"), Frame.last(1), Frame.closeError(1, "late"));

      assertThat(channel.events).containsExactly("closed");
      assertThat(test.sent()).containsExactly("CLOSE 1");
    }
  }

  @Nested
  class ClosingThere {

    @Test
    void isNotAnswered() {
      RecordingReceiver channel = test.exec();
      test.receive(Frame.close(1));

      assertThat(channel.events).containsExactly("closed");
      assertThat(test.sent()).isEmpty();
      assertThat(engine.openChannels()).isZero();
    }

    @Test
    void comesAfterTheItemsBeforeIt() {
      RecordingReceiver channel = test.exec();
      test.receive(Frame.data(1, "a"), Frame.data(1, "b"), Frame.close(1));

      assertThat(channel.events).containsExactly("item a", "item b", "closed");
    }

    @Test
    void withAnErrorIsARemoteError() {
      RecordingReceiver channel = test.exec();
      test.receive(Frame.closeError(1, "Traceback\n  line\nValueError: no\n"));

      assertThat(channel.error)
          .isInstanceOf(RemoteException.class)
          .hasMessage("ValueError: no")
          .extracting(error -> ((RemoteException) error).remoteText())
          .isEqualTo("Traceback\n  line\nValueError: no\n");
    }

    @Test
    void twiceIsHeardOnce() {
      RecordingReceiver channel = test.exec();
      test.receive(Frame.close(1), Frame.close(1), Frame.closeError(1, "x"));

      assertThat(channel.events).containsExactly("closed");
    }

    @Test
    void ofAnUnknownChannelIsDropped() {
      test.receive(Frame.close(5), Frame.closeError(6, "x"), Frame.last(7), Frame.close(0));

      assertThat(test.sent()).isEmpty();
      assertThat(test.opened).isEmpty();
    }

    @Test
    void harmsNoOtherChannel() {
      test.exec();
      RecordingReceiver other = test.exec();
      test.receive(Frame.closeError(1, "x"), Frame.data(3, "fine"));

      assertThat(other.events).containsExactly("item fine");
    }
  }

  @Nested
  class EndOfSending {

    @Test
    void isSaidOnce() {
      RecordingReceiver channel = test.exec();
      engine.endSend(channel.id);
      engine.endSend(channel.id);

      assertThat(test.sent()).containsExactly("LAST 1");
      assertThat(channel.events).isEmpty();
    }

    @Test
    void makesSendingAnErrorAndLeavesReceivingAlone() {
      RecordingReceiver channel = test.exec();
      engine.endSend(channel.id);

      assertThatExceptionOfType(ChannelClosedException.class)
          .isThrownBy(() -> engine.send(channel.id, 1))
          .withMessageContaining("closed for sending");
      test.receive(Frame.data(1, "a"), Frame.close(1));
      assertThat(channel.events).containsExactly("item a", "closed");
    }

    @Test
    void byTheOtherSideIsToldOnceAndLeavesSendingAlone() {
      RecordingReceiver channel = test.exec();
      test.receive(Frame.last(1), Frame.last(1));
      engine.send(channel.id, "still");

      assertThat(channel.events).containsExactly("end");
      assertThat(test.sent()).containsExactly("DATA 1 still");
    }

    @Test
    void byBothSidesClosesAChannelThatRunsNothing() {
      RecordingReceiver channel = test.open();
      engine.endSend(channel.id);
      test.receive(Frame.last(1));

      assertThat(channel.events).containsExactly("end", "closed");
      assertThat(test.sent()).containsExactly("LAST 1");
      assertThat(engine.openChannels()).isZero();
    }

    @Test
    void byBothSidesInTheOtherOrderDoesTheSame() {
      RecordingReceiver channel = test.open();
      test.receive(Frame.last(1));
      engine.endSend(channel.id);

      assertThat(channel.events).containsExactly("end", "closed");
      assertThat(engine.openChannels()).isZero();
    }

    @Test
    void byBothSidesOfAnExecutionLeavesItsOutcomeToCome() {
      RecordingReceiver channel = test.exec();
      engine.endSend(channel.id);
      test.receive(Frame.last(1), Frame.closeError(1, "it failed"));

      assertThat(channel.events).containsExactly("end", "closed by RemoteException");
    }

    @Test
    void ofAClosedChannelDoesNothing() {
      engine.endSend(test.exec().id);
      test.receive(Frame.close(1));
      test.sent();

      engine.endSend(1);
      assertThat(test.sent()).isEmpty();
    }
  }

  @Nested
  class AbandonedHandle {

    @Test
    void thatNothingReceivesFromIsClosed() {
      RecordingReceiver channel = test.open();
      engine.abandon(channel.id, false);

      assertThat(test.sent()).containsExactly("CLOSE 1");
      assertThat(channel.events).containsExactly("closed");
    }

    @Test
    void thatACallbackReceivesFromOnlyEndsSending() {
      RecordingReceiver channel = test.open();
      engine.abandon(channel.id, true);
      test.receive(Frame.data(1, "a"));

      assertThat(test.sent()).containsExactly("LAST 1");
      assertThat(channel.events).containsExactly("item a");
    }

    @Test
    void ofAClosedChannelIsNothing() {
      test.exec();
      test.receive(Frame.close(1));
      engine.abandon(1, false);
      engine.abandon(1, true);

      assertThat(test.sent()).isEmpty();
    }
  }
}
