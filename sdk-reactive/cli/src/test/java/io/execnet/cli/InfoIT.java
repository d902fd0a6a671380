package io.execnet.cli;

import static io.execnet.cli.Cli.popen;
import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.cli.Cli.Result;
import io.execnet.testing.Interpreter;
import io.execnet.testing.Interpreters;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code execnet info} as CLI.md has it. */
class InfoIT {

  @Test
  void writesALineForEachGateway(@TempDir Path dir) throws Exception {
    Interpreter python = Interpreters.defaultInterpreter();
    String spec = popen() + "//chdir=" + dir;
    Result result = Cli.run("info", "--tx", spec, "--tx", popen() + "//id=other");

    assertThat(result.status()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).hasSize(2);
    assertThat(result.out().get(0))
        .matches(
            "\\{\"gateway\":\"gw0\",\"spec\":\"\\Q"
                + spec
                + "\\E\",\"executable\":\"\\Q"
                + python.executable()
                + "\\E\",\"version_info\":\\["
                + python.major()
                + ","
                + python.minor()
                + ",\\d+,\"\\w+\",\\d+],\"platform\":\"\\w+\",\"cwd\":\"\\Q"
                + dir.toRealPath()
                + "\\E\",\"pid\":\\d+,\"numchannels\":\\d+,\"numexecuting\":\\d+,"
                + "\"execmodel\":\"thread\"}");
    assertThat(result.out().get(1)).startsWith("{\"gateway\":\"other\",\"spec\":");
  }

  @Test
  void aGatewayThatCanNotBeOpenedIsNamed() {
    Result result = Cli.run("info", "--tx", "popen//python=no-such-python");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).singleElement().asString().contains("gw0", "no-such-python");
  }
}
