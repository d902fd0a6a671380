package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random conversations of a gateway with a model of a worker, on one thread, against a simple
 * model: {@code -Dexecnet.seed=…} does again what a failure names, step by step.
 */
@Timeout(120)
class RandomConversationsTest {

  private static final int ROUNDS = 2_000;
  private static final int STEPS = 80;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eachEndsAsItHasTo(boolean credit) {
    Long given = Long.getLong("execnet.seed");
    Random seeds = new Random();
    long begun = System.nanoTime();
    int rounds = given == null ? ROUNDS : 1;
    for (int round = 0; round < rounds; round++) {
      converse(given == null ? seeds.nextLong() : given, credit);
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    System.out.printf(
        "%d conversations of %d steps %s credit, %.0f a second%n",
        rounds, STEPS, credit ? "with" : "without", rounds / seconds);
  }

  @Test
  void theSameSeedDoesTheSame() {
    Random seeds = new Random();
    for (int round = 0; round < 100; round++) {
      long seed = seeds.nextLong();
      assertThat(converse(seed, true)).as("seed " + seed).isEqualTo(converse(seed, true));
    }
  }

  private static String converse(long seed, boolean credit) {
    ModelGateway pair = new ModelGateway(new Random(seed), credit);
    try {
      pair.run(STEPS);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          "with -Dexecnet.seed=" + seed + ": " + e.getMessage() + "\n" + pair.trace(), e);
    }
    return pair.trace();
  }
}
