package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.DumpException;
import io.execnet.core.LoadException;
import io.execnet.core.value.ChannelReference;
import io.execnet.core.value.PyTuple;
import io.execnet.core.value.ValueLimits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Channels that are sent through channels. */
class ChannelsInValuesTest {

  private final EngineUnderTest test = new EngineUnderTest();
  private final ProtocolEngine engine = test.engine;
  private final RecordingReceiver carrier = test.exec();

  @Nested
  class Sending {

    @Test
    void writesTheIdOfAnOpenChannel() {
      RecordingReceiver inner = test.open();
      engine.send(carrier.id, List.of(inner.reference()));

      assertThat(test.sent()).containsExactly("DATA 1 [<3>]");
    }

    @Test
    void worksInTheArgumentsOfAnExecution() {
      RecordingReceiver inner = test.open();
      engine.exec(test::receiver, "pass", null, "f", Map.of("out", inner.reference()));

      assertThat(test.sent()).containsExactly("EXEC 5 (pass, null, f, {out=<3>})");
    }

    @Test
    void ofAChannelThatTheOtherSideOpenedGivesItBack() {
      test.receive(Frame.data(1, channel(2)));
      engine.send(carrier.id, carrier.items.get(0));

      assertThat(test.sent()).containsExactly("DATA 1 <2>");
    }

    @Test
    void ofAClosedChannelIsADumpError() {
      RecordingReceiver inner = test.open();
      engine.close(inner.id, null);
      test.sent();

      assertThatExceptionOfType(DumpException.class)
          .isThrownBy(() -> engine.send(carrier.id, inner.reference()))
          .withMessageContaining("channel 3 is not open");
      assertThat(test.sent()).isEmpty();
    }

    @Test
    void ofAChannelOfAnotherGatewayIsADumpError() {
      RecordingReceiver stranger = new EngineUnderTest().open();

      assertThatExceptionOfType(DumpException.class)
          .isThrownBy(() -> engine.send(carrier.id, stranger.reference()))
          .withMessageContaining("another gateway");
    }
  }

  @Nested
  class Receiving {

    @Test
    void anUnseenIdOpensAChannel() {
      test.receive(Frame.data(1, PyTuple.of("here", channel(2))), Frame.data(2, "through it"));

      assertThat(test.opened).containsExactly(2);
      RecordingReceiver opened = test.receiverOf(2);
      assertThat(carrier.items).containsExactly(PyTuple.of("here", opened.reference()));
      assertThat(opened.events).containsExactly("item through it");
      engine.send(2, "back");
      engine.endSend(2);
      test.receive(Frame.last(2));
      assertThat(test.sent()).containsExactly("DATA 2 back", "LAST 2");
      assertThat(opened.events).endsWith("end", "closed");
    }

    @Test
    void aSeenIdIsTheSameChannel() {
      test.receive(Frame.data(1, List.of(channel(2), channel(2))), Frame.data(1, channel(2)));

      assertThat(test.opened).containsExactly(2);
      ChannelReference reference = test.receiverOf(2).reference();
      assertThat(carrier.items).containsExactly(List.of(reference, reference), reference);
    }

    @Test
    void ourOwnOpenChannelComesBackAsItself() {
      RecordingReceiver inner = test.open();
      test.receive(Frame.data(1, channel(inner.id)), Frame.data(1, channel(1)));

      assertThat(carrier.items).containsExactly(inner.reference(), carrier.reference());
    }

    @Test
    void ourOwnClosedChannelIsAClosedHandle() {
      RecordingReceiver inner = test.open();
      engine.close(inner.id, null);
      test.receive(Frame.data(1, channel(inner.id)));

      assertThat(carrier.items).containsExactly(test.closed.get(3));
      assertThat(engine.openChannels()).isEqualTo(1);
    }

    @Test
    void aChannelOfTheOtherSideThatIsClosedIsNotOpenedAgain() {
      test.receive(Frame.data(1, channel(2)));
      engine.close(2, null);
      test.receive(Frame.data(1, channel(2)));

      assertThat(test.opened).containsExactly(2);
      assertThat(carrier.items).last().isEqualTo(test.closed.get(2));
      assertThat(engine.openChannels()).isEqualTo(1);
    }

    @Test
    void onlySoManyClosedChannelsOfTheOtherSideAreRemembered() {
      for (int i = 1; i <= ClosedIds.KEPT + 1; i++) {
        test.receive(Frame.data(1, channel(2 * i)), Frame.close(2 * i));
      }
      test.receive(Frame.data(1, channel(4)), Frame.data(1, channel(2)));

      assertThat(test.opened).hasSize(ClosedIds.KEPT + 2).endsWith(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5, Integer.MAX_VALUE, 0, -1, -2, Integer.MIN_VALUE})
    void anIdThatThereCanNotBeIsALoadError(int id) {
      test.receive(Frame.data(1, channel(id)));

      assertThat(carrier.error)
          .isInstanceOf(LoadException.class)
          .hasMessageContaining("channel " + id);
      assertThat(test.opened).isEmpty();
    }

    @Test
    void moreChannelsThanAllowedAreALoadErrorAndTheOtherSideIsToldOfEach() {
      EngineUnderTest small = new EngineUnderTest(new ProtocolLimits(ValueLimits.DEFAULT, 999, 2));
      RecordingReceiver channel = small.exec();
      small.receive(Frame.data(1, List.of(channel(2), channel(4))));

      assertThat(channel.error)
          .isInstanceOf(LoadException.class)
          .hasMessageContaining("maxChannels");
      assertThat(small.engine.openChannels()).isZero();
      assertThat(small.sent())
          .map(frame -> frame.substring(0, 13))
          .containsExactly("CLOSE_ERROR 4", "CLOSE_ERROR 2", "CLOSE_ERROR 1");
    }

    @Test
    void channelsOfAPayloadThatFailsLaterAreClosedAgain() {
      test.receive(Frame.rawData(1, "42 00000002  42 00000004  ff"));

      assertThat(test.opened).containsExactly(2, 4);
      assertThat(test.receiverOf(2).events).containsExactly("closed by LoadException");
      assertThat(test.receiverOf(4).events).containsExactly("closed by LoadException");
      assertThat(engine.openChannels()).isZero();
      assertThat(test.sent())
          .map(frame -> frame.substring(0, 13))
          .containsExactly("CLOSE_ERROR 2", "CLOSE_ERROR 4", "CLOSE_ERROR 1");
    }

    @Test
    void channelsOfAnEarlierPayloadStay() {
      test.receive(Frame.data(1, channel(2)), Frame.rawData(1, "42 00000002 ff"));

      assertThat(carrier.events).endsWith("closed by LoadException");
      assertThat(test.receiverOf(2).events).isEmpty();
    }

    @Test
    void anOwnerThatThrowsWhenAChannelOpensEndsTheCarrierAndTheNewChannel() {
      test.onChannelOpened =
          id -> {
            throw new IllegalStateException("no more");
          };
      test.receive(Frame.data(1, channel(2)));

      assertThat(carrier.events).hasSize(1);
      assertThat(carrier.error).hasMessageContaining("no more");
      assertThat(engine.openChannels()).isZero();
      assertThat(test.sent())
          .map(frame -> frame.substring(0, 13))
          .containsExactly("CLOSE_ERROR 2", "CLOSE_ERROR 1");
    }

    @Test
    void theValueOfAnUnknownChannelOpensNothing() {
      test.receive(Frame.data(9, channel(2)));

      assertThat(test.opened).isEmpty();
    }
  }

  private static ChannelReference channel(int id) {
    return new Frame.NamedChannel(id);
  }
}
