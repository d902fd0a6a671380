package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.GatewayLostException;
import io.execnet.core.ProtocolException;
import io.execnet.core.value.PyTuple;
import io.execnet.core.value.StringCoercion;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What concerns the gateway as a whole. */
class GatewayRulesTest {

  private static final StringCoercion STR_AS_BYTES = new StringCoercion(true, true);

  private final EngineUnderTest test = new EngineUnderTest();
  private final ProtocolEngine engine = test.engine;

  @Nested
  class Status {

    @Test
    void isAskedOnAChannelOfItsOwn() {
      int id = engine.requestStatus(test::receiver);
      test.receive(
          Frame.data(id, Map.of("numchannels", 2)), Frame.close(id), Frame.data(id, "late"));

      assertThat(test.sent()).containsExactly("STATUS 1");
      assertThat(test.receiverOf(id).events).containsExactly("item {numchannels=2}", "closed");
    }

    @Test
    void isAnsweredOnTheSameChannelWhichIsNotOpened() {
      test.exec();
      test.receive(Frame.status(2));

      assertThat(test.sent())
          .containsExactly("DATA 2 {numchannels=1, numexecuting=0, execmodel=none}", "CLOSE 2");
      assertThat(test.opened).isEmpty();
      assertThat(engine.openChannels()).isEqualTo(1);
    }
  }

  @Nested
  class Execution {

    @Test
    void isRefusedHere() {
      test.receive(Frame.exec(2));

      assertThat(test.sent()).containsExactly("CLOSE_ERROR 2 execution disallowed");
      assertThat(engine.openChannels()).isZero();
    }

    @Test
    void leavesItsChannelClosed() {
      RecordingReceiver channel = test.exec();
      test.receive(Frame.exec(2), Frame.data(1, new Frame.NamedChannel(2)));

      assertThat(test.opened).isEmpty();
      assertThat(channel.items).containsExactly(test.closed.get(2));
    }
  }

  @Nested
  class Reconfiguration {

    @Test
    void byTheOtherSideChangesHowAChannelReadsStrings() {
      RecordingReceiver first = test.exec();
      RecordingReceiver second = test.exec();
      test.receive(
          Frame.data(1, "a"),
          Frame.reconfigure(1, PyTuple.of(true, true)),
          Frame.data(1, "b"),
          Frame.data(3, "c"));

      assertThat(first.items).containsExactly("a", new byte[] {'b'});
      assertThat(second.items).containsExactly("c");
    }

    @Test
    void onChannel0ConcernsOnlyChannelsToCome() {
      RecordingReceiver before = test.exec();
      test.receive(Frame.reconfigure(0, PyTuple.of(true, true)));
      RecordingReceiver after = test.exec();
      test.receive(Frame.data(1, "a"), Frame.data(3, "b"));

      assertThat(before.items).containsExactly("a");
      assertThat(after.items).containsExactly(new byte[] {'b'});
    }

    @Test
    void byThisSideIsAppliedHereAndSent() {
      RecordingReceiver channel = test.exec();
      engine.reconfigure(channel.id, STR_AS_BYTES);
      test.receive(Frame.data(1, "a"));

      assertThat(test.sent()).containsExactly("RECONFIGURE 1 (true, true)");
      assertThat(channel.items).containsExactly(new byte[] {'a'});
    }

    @Test
    void ofTheGatewayByThisSideIsAppliedToChannelsToCome() {
      engine.reconfigureGateway(STR_AS_BYTES);
      assertThat(test.sent()).containsExactly("RECONFIGURE 0 (true, true)");

      RecordingReceiver channel = test.exec();
      test.receive(Frame.data(1, "a"));
      assertThat(channel.items).containsExactly(new byte[] {'a'});
    }

    @Test
    void ofAnUnknownChannelIsDropped() {
      test.receive(Frame.reconfigure(8, PyTuple.of(true, true)));

      assertThat(test.opened).isEmpty();
    }

    @Test
    void ofAClosedChannelIsAnError() {
      assertThatExceptionOfType(ChannelClosedException.class)
          .isThrownBy(() -> engine.reconfigure(1, STR_AS_BYTES));
      assertThat(test.sent()).isEmpty();
    }

    @Test
    void ofTheGatewayThatCanNotBeReadIsFatalBecauseStringsWouldChangeSilently() {
      assertThatExceptionOfType(ProtocolException.class)
          .isThrownBy(() -> test.receive(Frame.reconfigure(0, "what")));
      assertThatExceptionOfType(ProtocolException.class)
          .isThrownBy(() -> test.receive(Frame.close(1)));
    }
  }

  @Nested
  class TerminationByThisSide {

    @Test
    void isTheLastFrame() {
      RecordingReceiver one = test.exec();
      RecordingReceiver two = test.exec();
      engine.terminate();
      engine.terminate();
      engine.close(one.id, "bye");
      engine.endSend(two.id);

      assertThat(test.sent()).containsExactly("TERMINATE 0");
      assertThat(one.events).containsExactly("closed by ChannelClosedException");
    }

    @Test
    void makesEverythingThatSendsAnError() {
      int id = test.exec().id;
      engine.terminate();

      List<Runnable> calls =
          List.of(
              () -> engine.send(id, 1),
              () -> engine.open(test::receiver),
              () -> engine.exec(test::receiver, "pass", null, null, Map.of()),
              () -> engine.requestStatus(test::receiver),
              () -> engine.reconfigure(id, STR_AS_BYTES),
              () -> engine.reconfigureGateway(STR_AS_BYTES));
      for (Runnable call : calls) {
        assertThatExceptionOfType(ChannelClosedException.class)
            .isThrownBy(call::run)
            .withMessageContaining("terminated");
      }
      assertThat(engine.openChannels()).isEqualTo(1);
    }

    @Test
    void letsWhatStillArrivesThrough() {
      RecordingReceiver one = test.exec();
      RecordingReceiver two = test.exec();
      engine.terminate();
      test.receive(
          Frame.data(1, new Frame.NamedChannel(2)),
          Frame.close(1),
          Frame.status(4),
          Frame.exec(6),
          new Frame(4, 3, new byte[0]));

      assertThat(one.items).containsExactly(test.receiverOf(2).reference());
      assertThat(one.events).endsWith("closed");
      assertThat(two.events).containsExactly("closed by LoadException");
      assertThat(test.sent()).containsExactly("TERMINATE 0");
    }
  }

  @Nested
  class TerminationByTheOtherSide {

    @Test
    void isToldAndWhatFollowsItIsIgnored() {
      RecordingReceiver channel = test.exec();
      test.receive(Frame.terminate(), Frame.terminate(), Frame.data(1, "late"), Frame.close(1));
      test.receive(Frame.data(1, "later"));

      assertThat(test.terminations).isEqualTo(1);
      assertThat(channel.events).isEmpty();
    }
  }

  @Nested
  class Disconnection {

    private final GatewayLostException lost =
        new GatewayLostException("gw0", "the worker process ended", null, "", null);

    @Test
    void endsEveryChannelOnceWithItsError() {
      RecordingReceiver one = test.exec();
      RecordingReceiver two = test.open();
      engine.endSend(one.id);
      engine.disconnected(lost);
      engine.disconnected(new GatewayLostException("gw0", "again", null, "", null));

      assertThat(one.error).isSameAs(lost);
      assertThat(two.error).isSameAs(lost);
      assertThat(one.events).hasSize(1);
      assertThat(two.events).hasSize(1);
      assertThat(engine.openChannels()).isZero();
    }

    @Test
    void endsChannelsThatWaitedAfterTermination() {
      RecordingReceiver channel = test.exec();
      engine.terminate();
      engine.disconnected(lost);

      assertThat(channel.error).isSameAs(lost);
    }

    @Test
    void forgetsWhatWasNotWritten() {
      engine.send(test.exec().id, 1);
      engine.disconnected(lost);

      assertThat(test.sent()).isEmpty();
    }

    @Test
    void makesSendingAnErrorWithItsCause() {
      RecordingReceiver channel = test.exec();
      engine.disconnected(lost);

      for (Runnable call :
          List.<Runnable>of(
              () -> engine.send(channel.id, 1),
              () -> engine.open(test::receiver),
              () -> engine.exec(test::receiver, "pass", null, null, Map.of()))) {
        assertThatThrownBy(call::run)
            .isInstanceOf(ChannelClosedException.class)
            .hasMessageContaining("the worker process ended")
            .hasCause(lost);
      }
    }

    @Test
    void makesClosingAndTerminatingDoNothing() {
      RecordingReceiver channel = test.exec();
      engine.disconnected(lost);
      engine.close(channel.id, "x");
      engine.endSend(channel.id);
      engine.terminate();

      assertThat(test.sent()).isEmpty();
    }

    @Test
    void ignoresBytesThatStillArrive() {
      engine.disconnected(lost);
      test.receive(Frame.data(1, "a"), Frame.status(2), Frame.terminate());

      assertThat(test.sent()).isEmpty();
      assertThat(test.terminations).isZero();
    }
  }

  @Nested
  class Extensions {

    @Test
    void thatAreNotKnownAreSkipped() {
      RecordingReceiver channel = test.exec();
      test.receive(new Frame(68, 1, new byte[50]), new Frame(127, 9, new byte[0]));
      test.receive(Frame.data(1, "fine"));

      assertThat(channel.events).containsExactly("item fine");
      assertThat(test.sent()).isEmpty();
    }
  }

  @Nested
  class ABrokenStream {

    @Test
    void isFatalAndStaysSo() {
      RecordingReceiver channel = test.exec();
      ByteBuffer broken = ByteBuffer.wrap(HexFormat.of().parseHex("080000000000000000"));

      assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> engine.receive(broken));
      assertThatExceptionOfType(ProtocolException.class)
          .isThrownBy(() -> test.receive(Frame.data(1, "a")));
      assertThat(channel.events).isEmpty();
    }
  }
}
