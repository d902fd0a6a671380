package io.execnet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.execnet.cli.GatewayOptions.Target;
import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class GatewayOptionsTest {

  @Test
  void gatewaysAreNumberedInOrder() {
    assertThat(targets("2*popen", "popen//nice=1"))
        .extracting(Target::id)
        .containsExactly("gw0", "gw1", "gw2");
  }

  @Test
  void anIdInTheSpecIsKeptAndNotGivenAgain() {
    assertThat(targets("popen//id=gw1", "popen", "popen"))
        .extracting(Target::id)
        .containsExactly("gw1", "gw0", "gw2");
  }

  @Test
  void aTargetShowsTheSpecAsItWasGiven() {
    Target target = targets("popen").get(0);
    assertThat(target.text()).isEqualTo("popen");
    assertThat(target.spec().id()).contains("gw0");
  }

  @Test
  void aSpecThatStartsNothingIsRefusedBeforeAnythingIsStarted() {
    assertThatThrownBy(() -> targets("popen", "nice=3")).isInstanceOf(XSpecException.class);
  }

  private static List<Target> targets(String... specs) {
    return GatewayOptions.targets(XSpec.parseList(List.of(specs)));
  }
}
