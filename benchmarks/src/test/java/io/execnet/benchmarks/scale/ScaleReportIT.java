package io.execnet.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does all that the report does, a little of it each. */
class ScaleReportIT {

  @TempDir Path folder;

  @Test
  void everyTableHasARowForEachStep() throws Exception {
    ScaleReport.main(
        new String[] {
          "items=2_000", "channels=20", "gateways=2", "bytes=5_000", "millis=1", "folder=" + folder
        });

    assertThat(firstCells("Streams of ints")).containsExactly("1,000", "1,000", "2,000", "2,000");
    assertThat(firstCells("Kinds of items")).contains("SMALL_INT", "BYTES_1M").hasSize(12);
    assertThat(firstCells("Channels")).containsExactly("1", "10", "20");
    assertThat(firstCells("One value")).containsExactly("1,000", "1,000", "5,000", "5,000");
    assertThat(firstCells("Gateways")).containsExactly("1", "2");
  }

  private List<String> firstCells(String heading) throws IOException {
    return Files.readAllLines(folder.resolve("scale.md")).stream()
        .dropWhile(line -> !line.startsWith("## " + heading))
        .skip(4)
        .takeWhile(line -> line.startsWith("| "))
        .map(line -> line.split(" \\| ")[0].substring(2))
        .toList();
  }
}
