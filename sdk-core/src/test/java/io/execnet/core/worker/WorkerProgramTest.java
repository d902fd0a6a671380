package io.execnet.core.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerProgramTest {

  @Test
  void theProgramIsOneAsciiFileWithoutImportsOfItsOwnParts() {
    String source = WorkerProgram.source();
    assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(source)).isTrue();
    assertThat(source.lines()).noneMatch(line -> line.startsWith("from ."));
    assertThat(source).contains("class Message").contains("class Popen2IO");
  }

  @Test
  void theLineIsOneLineOfPrintableAscii() {
    String line = WorkerProgram.bootstrapLine(List.of("--id", "ü\n\"'\\ 🐍"));
    assertThat(line).endsWith("\n");
    assertThat(line.substring(0, line.length() - 1).chars()).allMatch(c -> c >= 0x20 && c < 0x7f);
  }

  @Test
  void theCompiledFormAndTheSourceFollowTheLine() {
    CompiledWorker compiled = CompiledWorker.of("3.99\n[x]", new byte[] {1, '\n', -1});
    String text = WorkerProgram.bootstrapWith(compiled, List.of("--id=a"));
    String source = WorkerProgram.source();
    assertThat(text).endsWith("\n\1\n\u00ff" + source).containsOnlyOnce("class WorkerGateway");
    assertThat(text.lines().findFirst())
        .get()
        .asString()
        .contains("(3, " + source.length() + ")", "3.99", "--id=a");
  }

  @Test
  void theCompiledFormIsKeptForTheCommandsThatWereStartedLast() {
    CompiledWorker compiled = CompiledWorker.of("3.99", new byte[0]);
    compiled.keepFor("first");
    for (int i = 0; i < 20; i++) {
      assertThat(CompiledWorker.startedBy("first")).contains(compiled);
      compiled.keepFor("other " + i);
    }
    assertThat(CompiledWorker.startedBy("other 2")).isEmpty();
    assertThat(CompiledWorker.startedBy("other 19")).contains(compiled);
  }

  @Test
  void recognisesAnInterpreterThatIsTooOld() {
    String text = "warning\nexecnet-worker: needs Python 3.6 or newer, this is 2.7.18 (/p)\n";
    assertThat(WorkerProgram.tooOld(text)).contains("2.7.18 (/p)");
    assertThat(WorkerProgram.tooOld("SyntaxError")).isEmpty();
  }

  @Test
  void theLineOfAnInstalledExecnetNamesTheSocketOnlyWhereThereIsOne() {
    assertThat(WorkerProgram.importLine("thread", "gw0-worker", null, "1"))
        .contains("serve_streams(None)");
    assertThat(WorkerProgram.importLine("thread", "gw0-worker", "/tmp/s", "1"))
        .contains("'/tmp/s'");
  }
}
