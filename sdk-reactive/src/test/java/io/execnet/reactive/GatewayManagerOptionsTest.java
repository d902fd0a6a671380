package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class GatewayManagerOptionsTest {

  private static List<String> targets(GatewayManagerOptions options) {
    return options.targets().stream().map(XSpec::toString).toList();
  }

  @Test
  void onlyRemoteWorkersThatSayNothingElseGetTheDefaultDirectory() {
    GatewayManagerOptions options =
        GatewayManagerOptions.of(
            "2*popen", "ssh=host", "ssh=host//chdir=mine", "popen//id=far//via=gw2");

    assertThat(targets(options))
        .containsExactly(
            "popen",
            "popen",
            "ssh=host//chdir=pyexecnetcache",
            "ssh=host//chdir=mine",
            "popen//id=far//via=gw2//chdir=pyexecnetcache");
  }

  @Test
  void theDefaultDirectoryCanBeAnotherOrNone() {
    GatewayManagerOptions options = GatewayManagerOptions.of("socket=host:1");

    assertThat(targets(options.withDefaultChdir("/srv/work")))
        .containsExactly("socket=host:1//chdir=/srv/work");
    assertThat(targets(options.withDefaultChdir(null))).containsExactly("socket=host:1");
    assertThatThrownBy(() -> options.withDefaultChdir("a//b"))
        .isInstanceOf(XSpecException.class)
        .hasMessage("a spec can't hold the default chdir 'a//b'");
  }

  @Test
  void wrongSpecsAreRefusedAtOnce() {
    assertThatThrownBy(() -> GatewayManagerOptions.of("0*popen"))
        .isInstanceOf(XSpecException.class);
    assertThatThrownBy(() -> GatewayManagerOptions.of("popen//id=a", "popen//id=a"))
        .isInstanceOf(XSpecException.class);
  }
}
