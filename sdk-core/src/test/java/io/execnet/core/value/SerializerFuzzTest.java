package io.execnet.core.value;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.execnet.core.LoadException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever the bytes are, loading them gives a value or a {@link LoadException}; and what was
 * loaded can be dumped, and loaded again to the same value.
 *
 * <p>A build runs a few seconds of random changes to real dumps, which are seeded, so that a
 * failure repeats. With the environment variable {@code JAZZER_FUZZ=1} Jazzer searches for inputs,
 * guided by coverage, for as long as {@link FuzzTest} says.
 */
class SerializerFuzzTest {

  private static final int MUTATIONS = Integer.getInteger("execnet.mutations", 300_000);
  private static final String OPCODES = "@ABCDEFGHIJKLMNOPQRST";

  private final Serializer serializer = new Serializer().withLimits(new ValueLimits(200, 2_000));

  @FuzzTest(maxDuration = "5m")
  void loadsAnything(byte[] bytes) {
    check(bytes);
  }

  @Test
  void loadsRandomChangesOfRealDumps() {
    long seed = Long.getLong("execnet.seed", 20_261_121L);
    Random random = new Random(seed);
    RandomValues values = new RandomValues(seed);
    byte[] dump = {};
    for (int i = 0; i < MUTATIONS; i++) {
      if (i % 50 == 0) {
        dump = serializer.dumps(values.next());
      }
      byte[] mutant = mutate(dump, random);
      try {
        check(mutant);
      } catch (Throwable e) {
        throw new AssertionError(
            "mutation " + i + " of seed " + seed + ": " + Arrays.toString(mutant), e);
      }
    }
  }

  private void check(byte[] bytes) {
    Object value;
    try {
      value = serializer.loads(bytes);
    } catch (LoadException e) {
      return;
    }
    byte[] dump = serializer.dumps(value);
    assertThat(Description.of(serializer.loads(dump))).isEqualTo(Description.of(value));
  }

  private static byte[] mutate(byte[] dump, Random random) {
    byte[] mutant = Arrays.copyOf(dump, dump.length + random.nextInt(3));
    if (mutant.length == 0) {
      return mutant;
    }
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      int at = random.nextInt(mutant.length);
      switch (random.nextInt(5)) {
        case 0 -> mutant[at] = (byte) random.nextInt();
        case 1 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> mutant[at] = (byte) OPCODES.charAt(random.nextInt(OPCODES.length()));
        case 3 -> mutant[at] = (byte) (random.nextInt(7) - 3);
        default -> {
          // a piece from elsewhere in the dump
          int from = random.nextInt(mutant.length);
          int length = random.nextInt(1 + mutant.length - Math.max(at, from));
          System.arraycopy(mutant, from, mutant, at, length);
        }
      }
    }
    return mutant;
  }
}
