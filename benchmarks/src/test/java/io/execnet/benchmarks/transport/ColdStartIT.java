package io.execnet.benchmarks.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Does all that the report does, once. */
class ColdStartIT {

  @Test
  void everyWayHasARow() throws Exception {
    String table = ColdStart.run(1);

    assertThat(table)
        .contains("| this SDK in a new JVM | ", "| the same with an archive of its classes | ")
        .contains("| a new Python | ");
  }
}
