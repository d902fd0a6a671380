package io.execnet.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeftoversTest {

  @Test
  void findsAProcessThatIsNoLongerADescendant() throws Exception {
    Leftovers before = Leftovers.now();
    Process shell = new ProcessBuilder("sh", "-c", "sleep 600 >/dev/null & echo $!").start();
    long pid = Long.parseLong(new String(shell.getInputStream().readAllBytes()).strip());
    ProcessHandle orphan = ProcessHandle.of(pid).orElseThrow();
    shell.waitFor();
    try {
      assertThat(ProcessHandle.current().descendants()).doesNotContain(orphan);
      assertThat(TestRun.processes()).contains(orphan);
    } finally {
      orphan.destroyForcibly();
    }
    before.awaitNoMore();
  }
}
