package io.execnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class MapProgressTest {

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void showsDoneFailedAndRate() {
    try (MapProgress progress = progress(false, -1)) {
      progress.done();
      progress.done();
      progress.failed();
      assertThat(progress.text(0.5, 100)).isEqualTo("2 done, 1 failed, 6.0/s");
    }
  }

  @Test
  void showsTimeLeftByTheBytesThatWereRead() {
    try (MapProgress progress = progress(false, 1000)) {
      for (int i = 0; i < 1500; i++) {
        progress.done();
      }
      assertThat(progress.text(10, 250))
          .isEqualTo(" 25% [=====               ] 1,500 done, 0 failed, 150/s, 0:30 left");
      assertThat(progress.text(7200, 500)).endsWith("2:00:00 left");
    }
  }

  @Test
  void isSilentWhereStandardErrorIsNoTerminal() {
    progress(false, 1000).close();
    assertThat(err.size()).isZero();
  }

  @Test
  void leavesTheNumbersOnATerminal() {
    progress(true, 1000).close();
    assertThat(err.toString()).endsWith("execnet: 0 done, 0 failed, 0.0/s\n");
  }

  @Test
  void isShownAgainWhenItHasChanged() {
    try (MapProgress progress = progress(true, 1000)) {
      Awaitility.await().until(() -> err.toString().contains("] 0 done"));
      progress.done();
      Awaitility.await().until(() -> err.toString().contains("] 1 done"));
    }
  }

  private MapProgress progress(boolean terminal, long bytes) {
    Console console =
        new Console(
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            new Diagnostics(err),
            new Terminal(false, terminal, 80));
    return MapProgress.start(console, () -> 0, bytes);
  }
}
