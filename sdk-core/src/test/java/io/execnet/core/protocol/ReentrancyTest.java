package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.DumpException;
import io.execnet.core.GatewayLostException;
import io.execnet.core.value.ChannelReference;
import io.execnet.core.value.PyTuple;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Receivers call the engine that calls them. */
class ReentrancyTest {

  private final EngineUnderTest test = new EngineUnderTest();
  private final ProtocolEngine engine = test.engine;
  private final RecordingReceiver channel = test.exec();
  private final GatewayLostException lost = new GatewayLostException("gw0", "gone", null, "", null);

  @Test
  void anItemMayBeAnsweredAtOnce() {
    channel.onItem = item -> engine.send(1, item);
    test.receive(Frame.data(1, "a"), Frame.data(1, "b"));

    assertThat(test.sent()).containsExactly("DATA 1 a", "DATA 1 b");
  }

  @Test
  void aReceiverThatClosesItsChannelGetsNoMoreItems() {
    channel.onItem = item -> engine.close(1, null);
    test.receive(Frame.data(1, "a"), Frame.data(1, "b"));

    assertThat(channel.events).containsExactly("item a", "closed");
    assertThat(test.sent()).containsExactly("CLOSE 1");
  }

  @Test
  void aReceiverMayCloseItsChannelAgainWhenItIsClosed() {
    channel.onClosed = () -> engine.close(1, "again");
    test.receive(Frame.close(1));

    assertThat(channel.events).containsExactly("closed");
    assertThat(test.sent()).isEmpty();
  }

  @Test
  void aReceiverMayOpenAndRunMore() {
    channel.onItem = item -> engine.exec(test::receiver, "more", null, null, Map.of());
    test.receive(Frame.data(1, "a"), Frame.data(3, "b"));

    assertThat(test.receiverOf(3).events).containsExactly("item b");
  }

  @Test
  void theEndOfReceivingMayBeAnsweredWithTheEndOfSending() {
    RecordingReceiver plain = test.open();
    plain.onReceiveEnd = () -> engine.endSend(plain.id);
    test.receive(Frame.last(plain.id));

    assertThat(plain.events).containsExactly("end", "closed");
    assertThat(test.sent()).containsExactly("LAST 3");
  }

  @Test
  void aReceiverMayCloseOtherChannels() {
    RecordingReceiver other = test.exec();
    channel.onItem = item -> engine.close(other.id, null);
    test.receive(Frame.data(1, "a"), Frame.data(3, "late"));

    assertThat(other.events).containsExactly("closed");
  }

  @Test
  void aReceiverMayDisconnectInTheMiddleOfTheInput() {
    RecordingReceiver other = test.exec();
    channel.onItem = item -> engine.disconnected(lost);
    test.receive(Frame.data(1, "a"), Frame.data(1, "b"), Frame.data(3, "c"), Frame.terminate());

    assertThat(channel.events).containsExactly("item a", "closed by GatewayLostException");
    assertThat(other.events).containsExactly("closed by GatewayLostException");
    assertThat(test.terminations).isZero();
  }

  @Test
  void aReceiverThatIsEndedByDisconnectionMayCloseTheOthersButOpenNone() {
    RecordingReceiver other = test.exec();
    channel.onClosed =
        () -> {
          engine.close(other.id, null);
          assertThatExceptionOfType(ChannelClosedException.class)
              .isThrownBy(() -> engine.open(test::receiver));
        };
    engine.disconnected(lost);

    assertThat(other.events).hasSize(1);
    assertThat(test.dropped).isEmpty();
    assertThat(engine.openChannels()).isZero();
  }

  @Test
  void aChannelThatIsOpenedWhileTheConnectionGoesIsEndedWithIt() {
    test.onChannelOpened = id -> engine.disconnected(lost);
    test.receive(Frame.data(1, new Frame.NamedChannel(2)));

    assertThat(test.receiverOf(2).error).isSameAs(lost);
    assertThat(channel.error).isSameAs(lost);
    assertThat(engine.openChannels()).isZero();
  }

  @Test
  void theOwnerMaySendOnOtherChannelsWhileAValueOpensOne() {
    test.onChannelOpened = id -> engine.send(1, "opening " + id);
    test.receive(Frame.data(1, PyTuple.of(new Frame.NamedChannel(2), "rest")));

    assertThat(test.sent()).containsExactly("DATA 1 opening 2");
    assertThat(channel.items).containsExactly(PyTuple.of(test.receiverOf(2).reference(), "rest"));
  }

  @Test
  void theEngineCanNotBeFedFromInside() {
    channel.onItem =
        item ->
            assertThatIllegalStateException()
                .isThrownBy(() -> engine.receive(ByteBuffer.allocate(0)));
    test.receive(Frame.data(1, "a"));

    assertThat(channel.events).containsExactly("item a");
  }

  @Test
  void aValueThatUsesItsGatewayWhileItIsSentDoesNotSpoilTheStream() {
    AbstractList<Object> meddling =
        new AbstractList<>() {
          @Override
          public Object get(int index) {
            engine.close(1, null);
            return "x";
          }

          @Override
          public int size() {
            return 2;
          }
        };

    assertThatExceptionOfType(DumpException.class).isThrownBy(() -> engine.send(1, meddling));

    engine.send(1, "fine");
    assertThat(test.sent()).containsExactly("DATA 1 fine");
    assertThat(channel.events).isEmpty();
  }

  @Test
  void aReferenceThatMeddlesDoesNotSpoilTheStreamEither() {
    ChannelReference meddling =
        () -> {
          engine.endSend(1);
          return 1;
        };

    assertThatExceptionOfType(DumpException.class).isThrownBy(() -> engine.send(1, meddling));

    engine.send(1, "fine");
    assertThat(test.sent()).containsExactly("DATA 1 fine");
  }
}
