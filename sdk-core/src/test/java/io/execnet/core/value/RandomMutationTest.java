package io.execnet.core.value;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A few seconds of fuzzing in every build: random changes of real dumps. {@code -Dexecnet.seed=…}
 * repeats a run, {@code -Dexecnet.mutations=…} sets how many.
 */
class RandomMutationTest {

  private static final int MUTATIONS = Integer.getInteger("execnet.mutations", 100_000);
  private static final String OPCODES = "@ABCDEFGHIJKLMNOPQRST";
  private static final String MARSHAL_TYPES = "NTFilgysu[(<>{0";

  @Test
  void loadsRandomChangesOfRealDumps() {
    check(OPCODES, value -> new Serializer().dumps(value), AnyBytes::check);
  }

  @Test
  void loadsRandomChangesOfMarshalledValues() {
    check(
        MARSHAL_TYPES,
        value -> Marshalling.dump(Marshalling.hasForm(value) ? value : null),
        AnyMarshalled::check);
  }

  private static void check(
      String instructions, Function<@Nullable Object, byte[]> dumper, Consumer<byte[]> property) {
    long seed = Optional.ofNullable(Long.getLong("execnet.seed")).orElseGet(System::nanoTime);
    Random random = new Random(seed);
    RandomValues values = new RandomValues(seed);
    byte[] dump = {};
    for (int i = 0; i < MUTATIONS; i++) {
      if (i % 50 == 0) {
        dump = dumper.apply(values.next());
      }
      byte[] mutant = mutate(dump, instructions, random);
      try {
        property.accept(mutant);
      } catch (Throwable e) {
        throw new AssertionError(
            "mutation " + i + " of seed " + seed + ": " + Arrays.toString(mutant), e);
      }
    }
  }

  private static byte[] mutate(byte[] dump, String instructions, Random random) {
    byte[] mutant = Arrays.copyOf(dump, dump.length + random.nextInt(3));
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      int at = random.nextInt(mutant.length);
      switch (random.nextInt(5)) {
        case 0 -> mutant[at] = (byte) random.nextInt();
        case 1 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> mutant[at] = (byte) instructions.charAt(random.nextInt(instructions.length()));
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
