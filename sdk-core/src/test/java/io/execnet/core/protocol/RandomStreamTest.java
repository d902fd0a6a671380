package io.execnet.core.protocol;

import io.execnet.core.value.PyTuple;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link AnyStream} for streams that are almost right, which random bytes never are. */
class RandomStreamTest {

  private static final int STREAMS = 1_500;
  private static final int MOST_FRAMES = 12;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void followsStreamsWithChangedBytes(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < STREAMS; i++) {
      byte[] bytes = stream(random);
      for (int changes = random.nextInt(4); changes > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        AnyStream.check(bytes);
      } catch (Throwable e) {
        throw new AssertionError("stream " + i + ": " + Arrays.toString(bytes), e);
      }
    }
  }

  private static byte[] stream(Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int frames = 1 + random.nextInt(MOST_FRAMES); frames > 0; frames--) {
      out.writeBytes(Frame.bytes(frame(random)));
    }
    return out.toByteArray();
  }

  private static Frame frame(Random random) {
    int id = random.nextInt(8);
    return switch (random.nextInt(20)) {
      case 0 -> Frame.status(id);
      case 1 -> Frame.reconfigure(id, PyTuple.of(random.nextBoolean(), random.nextBoolean()));
      case 2 -> random.nextInt(10) == 0 ? Frame.terminate() : Frame.close(id);
      case 3 -> Frame.exec(id);
      case 4 -> Frame.closeError(id, "error");
      case 5, 6 -> Frame.last(id);
      case 7 -> new Frame(64 + random.nextInt(64), id, new byte[random.nextInt(40)]);
      case 8 -> new Frame(random.nextInt(8), id, new byte[random.nextInt(2_000)]);
      case 9, 10, 11 -> Frame.data(id, new Frame.NamedChannel(random.nextInt(30)));
      case 12 -> Frame.marshalled(id, value(random));
      case 13, 14 -> Frame.items(id, values(random));
      case 15 -> Frame.bytesData(id, new byte[random.nextInt(1_100)]);
      case 16 -> Frame.data(id, Map.of("key", List.of(1, new Frame.NamedChannel(2))));
      default -> Frame.data(id, PyTuple.of("text", 2.5, null, new byte[3]));
    };
  }

  private static String[] values(Random random) {
    String[] values = new String[random.nextInt(6)];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(random);
    }
    return values;
  }

  private static String value(Random random) {
    return List.of("4e", "6901000000", "7501000000 61", "5b02000000 4e 54", "7b 4e 46 30", "30")
        .get(random.nextInt(20) == 0 ? 5 : random.nextInt(5));
  }
}
