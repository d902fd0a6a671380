package io.execnet.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterpretersIT {

  @Test
  void theDefaultInterpreterRunsUnderTheNameThatItWasFoundBy() {
    Interpreter python = Interpreters.defaultInterpreter();

    Command.Result result =
        Command.run(
            Duration.ofSeconds(30),
            python.executable().toString(),
            "-c",
            "import sys; print(sys.version_info[:2])");

    assertThat(result.status()).isZero();
    assertThat(result.output().strip())
        .isEqualTo("(" + python.major() + ", " + python.minor() + ")");
  }

  @Test
  void everyInterpreterIsEitherSupportedOrTooOldAndListedOnce() {
    List<Interpreter> supported = Interpreters.supported();

    assertThat(supported).doesNotHaveDuplicates().allMatch(python -> python.isAtLeast(3, 6));
    assertThat(Interpreters.tooOld()).noneMatch(python -> python.isAtLeast(3, 6));
    assertThat(Interpreters.onePerVersion()).isSubsetOf(supported);
    System.out.println("interpreters: " + supported + ", too old: " + Interpreters.tooOld());
  }

  @Test
  void stockExecnetCanBeImportedWhereItIsFound() {
    Command.Result result =
        Command.run(
            Duration.ofSeconds(30),
            StockExecnet.newest().toString(),
            "-c",
            "import execnet; print(execnet.__version__)");

    assertThat(result.output().strip()).isEqualTo("2.1.2");
  }
}
