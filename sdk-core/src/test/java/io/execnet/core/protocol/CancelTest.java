package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.ChannelClosedException;
import java.util.Collections;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Interrupting what runs on a channel, and asking whether the other side is there. */
class CancelTest {

  private final EngineUnderTest test = EngineUnderTest.with("cancel", "ping");

  @Test
  void endsWhenTheOtherSideSaysSo() {
    RecordingReceiver receiver = test.exec();
    test.engine.cancel(receiver.id);
    test.receive(Frame.data(receiver.id, 1));

    assertThat(test.sent()).containsExactly("CANCEL 1");
    assertThat(receiver.events).containsExactly("item 1");
    test.receive(Frame.closeError(receiver.id, "Traceback: Cancelled"));
    assertThat(receiver.events).containsExactly("item 1", "closed by RemoteException");
    assertThat(receiver.errorMessage()).contains("Cancelled");
    assertThat(test.engine.openChannels()).isZero();
  }

  @Test
  void leavesNothingToSend() {
    RecordingReceiver receiver = test.exec();
    test.engine.cancel(receiver.id);
    test.engine.endSend(receiver.id);
    test.engine.cancel(receiver.id);

    assertThat(test.sent()).containsExactly("CANCEL 1");
    assertThatExceptionOfType(ChannelClosedException.class)
        .isThrownBy(() -> test.engine.send(receiver.id, 1));
  }

  @Test
  void canNotBeClosedFromHereAnyMore() {
    RecordingReceiver receiver = test.exec();
    test.engine.cancel(receiver.id);
    test.engine.close(receiver.id, null);
    test.engine.abandon(receiver.id, false);

    assertThat(test.sent()).containsExactly("CANCEL 1");
    assertThat(receiver.events).isEmpty();
  }

  @Test
  void closesWhereNothingRuns() {
    RecordingReceiver receiver = test.open();
    int question = test.engine.requestStatus(test::receiver);
    test.sent();
    test.engine.cancel(receiver.id);
    test.engine.cancel(question);

    assertThat(test.sent()).containsExactly("CLOSE 1", "CLOSE 3");
    assertThat(receiver.events).containsExactly("closed");
  }

  @Test
  void closesWhereTheOtherSideCantInterrupt() {
    for (EngineUnderTest other :
        new EngineUnderTest[] {EngineUnderTest.with(), new EngineUnderTest()}) {
      RecordingReceiver receiver = other.exec();
      other.engine.cancel(receiver.id);
      other.engine.ping();

      assertThat(other.sent()).containsExactly("CLOSE 1");
      assertThat(receiver.events).containsExactly("closed");
    }
  }

  @Test
  void closesWhereNothingCanBeSentAnyMore() {
    RecordingReceiver receiver = test.exec();
    test.engine.terminate();
    test.engine.cancel(receiver.id);
    test.engine.ping();

    assertThat(test.sent()).containsExactly("TERMINATE 0");
    assertThat(receiver.events).containsExactly("closed");
  }

  @Test
  void saysSoInTheHello() {
    EngineUnderTest both = EngineUnderTest.awaitingHello(null);
    both.receive(Frame.hello(Collections.singletonMap("ping", null)));

    assertThat(both.sent()).containsExactly("HELLO 0 {ping=null}");
    assertThat(both.hellos).containsExactly(Set.of("ping"));
  }

  @Test
  void asksAndSkipsTheAnswer() {
    test.engine.ping();
    assertThat(test.sent()).containsExactly("PING 0");
    test.receive(Frame.pong());
    assertThat(test.open().events).isEmpty();
  }
}
