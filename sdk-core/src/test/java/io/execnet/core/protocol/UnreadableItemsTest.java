package io.execnet.core.protocol;

import static io.execnet.core.protocol.MarshalItemsTest.A;
import static io.execnet.core.protocol.MarshalItemsTest.NONE;
import static io.execnet.core.protocol.MarshalItemsTest.ONE;
import static io.execnet.core.protocol.MarshalItemsTest.PROMPT;
import static io.execnet.core.protocol.MarshalItemsTest.TRUE;
import static io.execnet.core.protocol.MarshalItemsTest.withCredit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.execnet.core.LoadException;
import io.execnet.core.ProtocolException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Items that arrive together (MARSHAL_ITEMS), and can't be read, or are too long. */
class UnreadableItemsTest {

  private final EngineUnderTest test = EngineUnderTest.with("marshal", "items");
  private final RecordingReceiver channel = test.exec();
  private final RecordingReceiver other = test.exec();

  @ParameterizedTest
  @CsvSource({
    "5b 03000000 6901000000 30 4e, unknown marshal's '0' at byte 10, CREDIT 1 2 2",
    "5b 03000000 6901000000 7301000000, of which 0 are there at byte 10, CREDIT 1 2 5",
    "5b 02000000 6901000000, the payload ends before its value does, CREDIT 1 1 0",
    "5b 01000000 6901000000 4e4e, 2 bytes after the last of the items, CREDIT 1 0 2",
    "5b 00000000 4e, 1 bytes after the last of the items, CREDIT 1 0 1",
    "5b 03000000 4e4e, '3 items, which 2 bytes can''t hold', CREDIT 1 0 2",
    "5b ffffffff 4e4e, '-1 items, which 2 bytes can''t hold', CREDIT 1 0 2",
    "28 01000000 6901000000, items that are no list, CREDIT 1 0 5",
    "4e, items that are no list, ''",
    "'', items that are no list, ''"
  })
  void thatCanNotBeReadCloseTheirChannelAloneAndAreCredited(
      String hex, String message, String credit) {
    EngineUnderTest counting = withCredit(PROMPT);
    RecordingReceiver receiver = counting.exec();
    RecordingReceiver neighbour = counting.exec();
    counting.receive(Frame.rawItems(1, hex), Frame.items(3, ONE));

    assertThat(receiver.error).isInstanceOf(LoadException.class).hasMessageContaining(message);
    assertThat(receiver.items).isEqualTo(receiver.items.isEmpty() ? List.of() : List.of(1L));
    assertThat(neighbour.items).containsExactly(1L);
    List<String> sent = new ArrayList<>(counting.sent());
    if (!credit.isEmpty()) {
      assertThat(sent.remove(0)).isEqualTo(credit);
    }
    assertThat(sent).singleElement().asString().startsWith("CLOSE_ERROR 1");
  }

  @Test
  void thatCanNotBeReadAreNobodysErrorWhereTheChannelIsClosedBefore() {
    channel.onItem = item -> test.engine.close(1, null);
    test.receive(Frame.items(1, ONE, "30"), Frame.rawItems(3, "5b 01000000 4e 4e"));

    assertThat(channel.events).containsExactly("item 1", "closed");
    assertThat(other.items).containsExactly((Object) null);
    assertThat(other.errorMessage()).contains("1 bytes after the last of the items");
    assertThat(test.dropped).isEmpty();
  }

  @Test
  void haveNoMoreThan4KiBEach() {
    String longest = "73 fb0f0000" + "00".repeat(4_091);
    test.receive(Frame.items(1, longest, NONE));
    assertThat(channel.items).hasSize(2);

    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(
            () -> test.receive(Frame.items(1, TRUE, "73 fc0f0000" + "00".repeat(4_092), NONE)))
        .withMessageContaining("an item of 4097 bytes among others in one frame is more than 4096");
    assertThat(channel.items).hasSize(3).endsWith(true);
  }

  @Test
  void haveNoMoreThan64KiBTogether() {
    String[] items = new String[65_531];
    Arrays.fill(items, NONE);
    test.receive(Frame.items(1, items));
    assertThat(channel.items).hasSize(65_531);

    String[] tooMany = Arrays.copyOf(items, 65_532);
    tooMany[65_531] = NONE;
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> test.receive(Frame.items(1, tooMany)))
        .withMessageContaining("items of 65537 bytes in one frame");
    assertThat(channel.items).hasSize(65_531);
  }

  @Test
  void makeTheSameOfAnyBytes() {
    HexFormat hex = HexFormat.of();
    Random random = new Random(1);
    for (int i = 0; i < 3_000; i++) {
      byte[] payload = hex.parseHex("5b03000000" + ONE + NONE + A);
      for (int changes = random.nextInt(3); changes > 0; changes--) {
        payload[random.nextInt(payload.length)] = (byte) random.nextInt(256);
      }
      EngineUnderTest counting = withCredit(PROMPT);
      RecordingReceiver receiver = counting.exec();
      receiver.onItem = item -> counting.engine.credit().taken(1, 1, receiver.lastLength());
      counting.receive(new Frame(74, 1, payload));

      int credited =
          counting.sent().stream()
              .filter(frame -> frame.startsWith("CREDIT"))
              .mapToInt(frame -> Integer.parseInt(frame.split(" ")[3]))
              .sum();
      assertThat(credited).as(hex.formatHex(payload)).isEqualTo(payload.length - 5);
    }
  }
}
