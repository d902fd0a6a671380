package io.execnet.core.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.execnet.core.GatewayLostException;
import io.execnet.core.ProtocolException;
import io.execnet.core.value.StringCoercion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Items that arrive together (MARSHAL_ITEMS). */
class MarshalItemsTest {

  static final String NONE = "4e";
  static final String TRUE = "54";
  static final String ONE = "6901000000";
  static final String TWO = "6902000000";
  static final String A = "750100000061";

  private static final CreditLimits MUCH = new CreditLimits(1_000, 1_000_000, 1_000_000);

  /** In which each item is credited by itself. */
  static final CreditLimits PROMPT = new CreditLimits(1_000, 1_000, 1);

  private final EngineUnderTest test = EngineUnderTest.with("marshal", "items");
  private final RecordingReceiver channel = test.exec();
  private final RecordingReceiver other = test.exec();

  static EngineUnderTest withCredit(CreditLimits receive) {
    return EngineUnderTest.withCredit(receive, MUCH);
  }

  @Test
  void areItemsInTheirOrderAmongOthers() {
    test.receive(
        Frame.data(1, "first"),
        Frame.items(1, ONE, NONE),
        Frame.items(3, A),
        Frame.items(1),
        Frame.marshalled(1, TRUE),
        Frame.data(1, new Frame.NamedChannel(3)),
        Frame.items(1, A, "5b01000000" + TWO, "7b 750100000061 4e 30", "7300000000"));

    assertThat(channel.items)
        .startsWith("first", 1L, null, true, other.reference(), "a", List.of(2L))
        .hasSize(9);
    assertThat(other.items).containsExactly("a");
    assertThat(test.sent()).isEmpty();
  }

  @Test
  void countWithTheBytesThatEachTakes() {
    EngineUnderTest counting = withCredit(MUCH);
    RecordingReceiver receiver = counting.exec();
    counting.receive(Frame.items(1, ONE, NONE, A));

    assertThat(receiver.lengths).containsExactly(5, 1, 6);
  }

  @Test
  void areReadAsTheChannelIsSetWhenTheirTurnComes() {
    channel.onItem = item -> test.engine.reconfigure(1, new StringCoercion(true, true));
    test.receive(Frame.items(1, A, A));

    assertThat(channel.items.get(0)).isEqualTo("a");
    assertThat((byte[]) channel.items.get(1)).containsExactly('a');
  }

  @Test
  void mayBeAnsweredAtOnce() {
    channel.onItem = item -> test.engine.send(item == null ? 3 : 1, item);
    test.receive(Frame.items(1, ONE, NONE, TWO));

    assertThat(test.sent())
        .containsExactly("MARSHALLED 1 1", "MARSHALLED 3 null", "MARSHALLED 1 2");
  }

  @Test
  void areNotReadAnewWhileTheyAreRead() {
    channel.onItem =
        item ->
            assertThatIllegalStateException()
                .isThrownBy(
                    () ->
                        test.engine.receive(
                            ByteBuffer.wrap(Frame.bytes(Frame.items(1, TWO, TWO)))));
    test.receive(Frame.items(1, ONE, TRUE));

    assertThat(channel.items).containsExactly(1L, true);
  }

  @Test
  void areDroppedAfterAReceiverHasClosedTheChannel() {
    EngineUnderTest counting = withCredit(PROMPT);
    RecordingReceiver receiver = counting.exec();
    receiver.onItem =
        item -> {
          counting.engine.credit().taken(1, 1, 5);
          if (item.equals(2L)) {
            counting.engine.close(1, null);
          }
        };
    counting.receive(Frame.items(1, ONE, TWO, A, NONE));

    assertThat(receiver.events).containsExactly("item 1", "item 2", "closed");
    assertThat(counting.sent())
        .containsExactly("CREDIT 1 1 5", "CREDIT 1 1 5", "CLOSE 1", "CREDIT 1 2 7");
  }

  @Test
  void areDroppedAfterTheReceiverHasFailed() {
    channel.onItem =
        item -> {
          throw new IllegalStateException("can't take it");
        };
    test.receive(Frame.items(1, ONE, TWO), Frame.items(3, ONE));

    assertThat(channel.events).containsExactly("item 1", "closed by ChannelClosedException");
    assertThat(other.events).containsExactly("item 1");
    assertThat(test.sent()).singleElement().asString().startsWith("CLOSE_ERROR 1 the receiver");
  }

  @Test
  void mayCloseAnotherChannelAndNotTheirOwn() {
    channel.onItem = item -> test.engine.close(3, null);
    test.receive(Frame.items(1, ONE, TWO), Frame.items(3, ONE, TWO));

    assertThat(channel.items).hasSize(2);
    assertThat(other.events).containsExactly("closed");
  }

  @Test
  void areNotTakenAfterTheEndOfTheConnection() {
    channel.onItem =
        item -> test.engine.disconnected(new GatewayLostException("gw0", "gone", null, "", null));
    test.receive(Frame.items(1, ONE, TWO), Frame.items(3, ONE));

    assertThat(channel.events).containsExactly("item 1", "closed by GatewayLostException");
    assertThat(other.events).containsExactly("closed by GatewayLostException");
    assertThat(test.engine.outbound().length()).isZero();
  }

  @Test
  void goOnWhileTheGatewayIsBeingTerminated() {
    channel.onItem = item -> test.engine.terminate();
    test.receive(Frame.items(1, ONE, TWO));

    assertThat(channel.items).containsExactly(1L, 2L);
    assertThat(test.sent()).containsExactly("TERMINATE 0");
  }

  @Test
  void goToTheChannelThatGetsTheirIdAnew() {
    channel.onItem =
        item -> {
          test.engine.close(1, null);
          test.engine.state().channels.skipTo(1);
          test.engine.open(test::receiver);
        };
    test.receive(Frame.items(1, ONE, TWO));

    assertThat(channel.items).containsExactly(1L);
    assertThat(test.receiverOf(1).items).containsExactly(2L);
  }

  @Test
  void areCreditedWhereThereIsNoSuchChannel() {
    EngineUnderTest counting = withCredit(new CreditLimits(1, 1, 1));
    counting.receive(Frame.items(9, ONE, A, NONE), Frame.items(9), Frame.rawItems(9, NONE));

    assertThat(counting.sent()).containsExactly("CREDIT 9 3 12");
  }

  @Test
  void areCreditedWhereNoMoreWereToCome() {
    EngineUnderTest counting = withCredit(PROMPT);
    RecordingReceiver receiver = counting.exec();
    counting.receive(Frame.last(1), Frame.items(1, ONE, NONE), Frame.items(1, A, "30", "30"));

    assertThat(receiver.events).containsExactly("end");
    assertThat(counting.sent())
        .containsExactly("CREDIT 1 1 5", "CREDIT 1 1 1", "CREDIT 1 1 6", "CREDIT 1 2 2");
  }

  @Test
  void areNotCountedWhereTheyAnswerAQuestion() {
    EngineUnderTest one = withCredit(new CreditLimits(1, 1, 1));
    int id = one.engine.requestStatus(one::receiver);
    one.sent();
    one.receive(Frame.items(id, ONE, TWO), Frame.items(id, "30"), Frame.items(id, ONE));

    assertThat(one.receiverOf(id).items).containsExactly(1L, 2L);
    assertThat(one.receiverOf(id).lengths).containsExactly(0, 0);
    assertThat(one.sent()).singleElement().asString().startsWith("CLOSE_ERROR " + id);
  }

  @Test
  void breakTheProtocolWhereThereIsNoCreditForAllOfThem() {
    EngineUnderTest two = withCredit(new CreditLimits(2, 1_000, 1_000));
    RecordingReceiver receiver = two.exec();

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> two.receive(Frame.items(1, ONE, NONE, TRUE)))
        .withMessageContaining("without credit: 2 items of 6 bytes were outstanding");
    assertThat(receiver.items).containsExactly(1L, null);
  }

  @Test
  void needNoMoreCreditThanTheyTake() {
    EngineUnderTest exact = withCredit(new CreditLimits(2, 6, 6));
    RecordingReceiver receiver = exact.exec();
    exact.receive(Frame.items(1, ONE, A));

    assertThat(receiver.items).hasSize(2);
    exact.engine.credit().taken(1, 2, 11);
    assertThat(exact.sent()).containsExactly("CREDIT 1 2 11");
    exact.receive(Frame.items(1, NONE, ONE));
    assertThat(receiver.items).hasSize(4);
  }

  /** Whatever is in it and is done meanwhile, a frame is as many frames as it has items. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void doWhatTheyWouldDoOneByOne(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      List<Frame> together = new ArrayList<>();
      List<Frame> alone = new ArrayList<>();
      for (int frames = 1 + random.nextInt(8); frames > 0; frames--) {
        if (random.nextInt(10) == 0) {
          Frame last = Frame.last(1 + 2 * random.nextInt(4));
          together.add(last);
          alone.add(last);
          continue;
        }
        int id = 1 + 2 * random.nextInt(4);
        String[] items = new String[random.nextInt(6)];
        for (int i = 0; i < items.length; i++) {
          // each does something: see act
          items[i] = "69%02x%02x0000".formatted(random.nextInt(9), random.nextInt(3));
          alone.add(Frame.marshalled(id, items[i]));
        }
        together.add(Frame.items(id, items));
      }
      CreditLimits limits = new CreditLimits(8, 40, 100_000);
      assertThat(outcome(together, limits)).as("%s", together).isEqualTo(outcome(alone, limits));
    }
  }

  private static List<Object> outcome(List<Frame> frames, CreditLimits limits) {
    EngineUnderTest test = withCredit(limits);
    for (int i = 0; i < 3; i++) {
      RecordingReceiver receiver = test.exec();
      receiver.onItem = item -> act(test, receiver, (Long) item);
    }
    List<Object> outcome = new ArrayList<>();
    try {
      test.receive(frames.toArray(Frame[]::new));
    } catch (ProtocolException e) {
      outcome.add(String.valueOf(e.getMessage()).replaceAll(", in the frame.*", ""));
    }
    test.receivers.values().forEach(receiver -> outcome.add(receiver.events));
    outcome.addAll(new Sums(test.sent()).all());
    return outcome;
  }

  private static void act(EngineUnderTest test, RecordingReceiver receiver, long what) {
    switch ((int) what & 0xff) {
      case 0 -> test.engine.close(receiver.id, null);
      case 1 -> test.engine.close(1, "error");
      case 2 -> throw new IllegalStateException("of the receiver");
      case 3 -> test.engine.endSend(receiver.id);
      case 4, 5, 6 -> test.engine.credit().taken(receiver.id, 1, 5);
      default -> {
        // keeps it
      }
    }
  }

  /** What was credited of each channel, in however many frames, and all else that was sent. */
  private record Sums(List<String> frames) {
    List<Object> all() {
      int[] items = new int[10];
      int[] bytes = new int[10];
      List<Object> all = new ArrayList<>();
      for (String frame : frames) {
        String[] words = frame.split(" ");
        if (words[0].equals("CREDIT")) {
          items[Integer.parseInt(words[1])] += Integer.parseInt(words[2]);
          bytes[Integer.parseInt(words[1])] += Integer.parseInt(words[3]);
        } else {
          all.add(frame);
        }
      }
      all.add(Arrays.toString(items) + Arrays.toString(bytes));
      return all;
    }
  }
}
