package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.LoadException;
import io.execnet.core.value.ValueLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A payload that can't be read, or a receiver that fails, ends its channel and no other. */
class FailingPayloadsTest {

  private final EngineUnderTest test = new EngineUnderTest();

  @ParameterizedTest
  @ValueSource(
      strings = {"", "51", "4c", "4c 4c 51", "ff 51", "4e 00000009 61 51", "4e ffffffff 51"})
  void aPayloadThatIsNoValueClosesItsChannelOnBothSides(String payload) {
    RecordingReceiver channel = test.exec();
    RecordingReceiver other = test.exec();
    test.receive(Frame.data(1, "ok"), Frame.rawData(1, payload), Frame.data(1, "late"));
    test.receive(Frame.data(3, "fine"));

    assertThat(channel.events).containsExactly("item ok", "closed by LoadException");
    assertThat(other.events).containsExactly("item fine");
    assertThat(test.sent())
        .singleElement()
        .asString()
        .isEqualTo("CLOSE_ERROR 1 " + channel.errorMessage());
  }

  @Test
  void aPayloadOverTheLimitClosesItsChannelOnBothSides() {
    EngineUnderTest small = new EngineUnderTest(new ProtocolLimits(ValueLimits.DEFAULT, 50, 10));
    RecordingReceiver channel = small.exec();
    RecordingReceiver other = small.exec();
    small.receive(Frame.data(1, "x".repeat(45)), Frame.data(3, "fine"));

    assertThat(channel.error).isInstanceOf(LoadException.class).hasMessageContaining("maxPayload");
    assertThat(other.events).containsExactly("item fine");
    assertThat(small.sent()).singleElement().asString().startsWith("CLOSE_ERROR 1 a payload of 51");
  }

  @Test
  void aCloseWhoseTextCanNotBeReadStillClosesAndIsNotAnswered() {
    RecordingReceiver channel = test.exec();
    test.receive(Frame.closeError(1, 42));

    assertThat(channel.events).containsExactly("closed by LoadException");
    assertThat(test.sent()).isEmpty();
  }

  @Test
  void aReconfigurationThatCanNotBeReadClosesItsChannel() {
    RecordingReceiver channel = test.exec();
    test.receive(Frame.reconfigure(1, "what"), Frame.reconfigure(5, "what"));

    assertThat(channel.events).containsExactly("closed by LoadException");
    assertThat(test.sent()).hasSize(1);
  }

  @Test
  void anUnreadablePayloadOfAnUnknownChannelIsDropped() {
    test.receive(Frame.rawData(5, "ff"), Frame.rawData(6, ""));

    assertThat(test.sent()).isEmpty();
  }

  @Test
  void aReceiverThatThrowsHasItsChannelClosedOnBothSides() {
    RecordingReceiver channel = test.exec();
    RecordingReceiver other = test.exec();
    channel.onItem =
        item -> {
          throw new IllegalStateException("can't take it");
        };
    test.receive(Frame.data(1, "a"), Frame.data(1, "b"), Frame.data(3, "fine"));

    assertThat(channel.events).containsExactly("item a", "closed by ChannelClosedException");
    assertThat(channel.error)
        .isInstanceOf(ChannelClosedException.class)
        .hasMessageContaining("can't take it")
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(other.events).containsExactly("item fine");
    assertThat(test.sent())
        .singleElement()
        .asString()
        .startsWith("CLOSE_ERROR 1")
        .contains("can't take it");
  }

  @Test
  void aReceiverMayRefuseAnItemWithAnErrorOfTheFamily() {
    RecordingReceiver channel = test.exec();
    LoadException refused = new LoadException("not a Point");
    channel.onItem =
        item -> {
          throw refused;
        };
    test.receive(Frame.data(1, "a"));

    assertThat(channel.error).isSameAs(refused);
    assertThat(test.sent()).containsExactly("CLOSE_ERROR 1 not a Point");
  }

  @Test
  void aReceiverThatThrowsAtTheEndOfReceivingHasItsChannelClosed() {
    RecordingReceiver channel = test.exec();
    channel.onReceiveEnd =
        () -> {
          throw new IllegalStateException("no");
        };
    test.receive(Frame.last(1));

    assertThat(channel.events).containsExactly("end", "closed by ChannelClosedException");
  }

  @Test
  void aReceiverThatThrowsWhenItIsClosedHarmsNobody() {
    RecordingReceiver channel = test.exec();
    RecordingReceiver other = test.exec();
    channel.onClosed =
        () -> {
          throw new IllegalStateException("no");
        };
    test.receive(Frame.close(1), Frame.close(3));

    assertThat(channel.events).containsExactly("closed");
    assertThat(other.events).containsExactly("closed");
    assertThat(test.dropped).singleElement().asString().contains("no");
  }

  @Test
  void aReceiverThatThrowsAfterItClosedItsChannelIsReported() {
    RecordingReceiver channel = test.exec();
    channel.onItem =
        item -> {
          test.engine.close(1, null);
          throw new IllegalStateException("too late");
        };
    test.receive(Frame.data(1, "a"));

    assertThat(channel.events).containsExactly("item a", "closed");
    assertThat(test.dropped).hasSize(1);
  }
}
