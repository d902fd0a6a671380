package io.execnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.RemoteException;
import io.execnet.transport.OutputLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DiagnosticsTest {

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Diagnostics diagnostics = new Diagnostics(err);

  @Test
  void prefixesEachLineWithItsGateway() {
    diagnostics.output(new OutputLine("gw0", OutputLine.Stream.STDOUT, "printed"));
    diagnostics.output(new OutputLine("gw0", OutputLine.Stream.STDERR, ""));
    diagnostics.failure("gw1", new RemoteException("Traceback:\n  here\nError: x\n"));
    assertThat(written())
        .isEqualTo("[gw0] printed\n[gw0] \n[gw1] Traceback:\n[gw1]   here\n[gw1] Error: x\n");
  }

  @Test
  void showsStackTracesOnlyWhenDebugging() {
    diagnostics.failure(new IllegalStateException("odd"));
    assertThat(written()).isEqualTo("execnet: IllegalStateException: odd\n");
    diagnostics.debug(true);
    diagnostics.failure(new IllegalStateException("odd"));
    assertThat(written()).contains("\tat " + DiagnosticsTest.class.getName());
  }

  @Test
  void writesLinesAboveTheStatus() {
    diagnostics.status("10 done");
    diagnostics.say("hello");
    diagnostics.status("");
    assertThat(written()).isEqualTo("\r\033[K10 done\r\033[Kexecnet: hello\n10 done\r\033[K");
  }

  @Test
  void takesTheStatusAwayWhileOthersWrite() {
    diagnostics.status("10 done");
    diagnostics.aside(() -> err.writeBytes(new byte[] {'x', '\n'}));
    assertThat(written()).isEqualTo("\r\033[K10 done\r\033[Kx\n\r\033[K10 done");
  }

  @Test
  void saysNothingOnceItIsSilenced() {
    diagnostics.silence();
    diagnostics.say("noise");
    assertThat(written()).isEmpty();
  }

  private String written() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
