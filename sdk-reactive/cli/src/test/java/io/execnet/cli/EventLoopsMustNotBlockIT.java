package io.execnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.testing.EventLoopsMustNotBlock;
import java.io.ByteArrayInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands in this JVM, where what blocks an event loop fails; all that they write goes to files.
 */
@Timeout(120)
class EventLoopsMustNotBlockIT implements EventLoopsMustNotBlock {

  @TempDir Path folder;

  private int run(String input, String... args) throws IOException {
    try (OutputStream out = new FileOutputStream(folder.resolve("out").toFile());
        OutputStream err = new FileOutputStream(folder.resolve("err").toFile())) {
      Console console =
          new Console(
              new ByteArrayInputStream(input.getBytes()),
              out,
              new Diagnostics(err),
              new Terminal(true, true, 80));
      return Execnet.run(console, args);
    }
  }

  @Test
  void execWritesWhatIsPrintedAndSent() throws IOException {
    String code = "for i in range(1000): print(i); channel.send(i)";

    assertThat(run("", "exec", "--raw", "--tx", Cli.popen(2), "-c", code)).isZero();
    assertThat(Files.readAllLines(folder.resolve("out"))).hasSize(2000);
    assertThat(Files.readAllLines(folder.resolve("err"))).hasSize(2000);
  }

  @Test
  void mapReadsItsInput() throws IOException {
    String input = "1\n".repeat(1000);
    String code = "def run(x): return x + 1";

    assertThat(run(input, "map", "--tx", Cli.popen(2), "-c", code)).isZero();
    assertThat(Files.readAllLines(folder.resolve("out"))).hasSize(1000).containsOnly("2");
  }
}
