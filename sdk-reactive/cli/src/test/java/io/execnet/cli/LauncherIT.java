package io.execnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.cli.Cli.Result;
import io.execnet.cli.Cli.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script, in a tree that is not built yet, with a Maven that only counts. */
class LauncherIT {

  private static final Path JAR = Path.of("target/execnet.jar").toAbsolutePath();

  @TempDir Path root;

  private Path launcher;
  private Path builds;

  @BeforeEach
  void makeAFreshTree() throws IOException {
    Path cli = Files.createDirectories(root.resolve("with space/sdk-reactive/cli"));
    launcher = cli.resolve("execnet");
    Files.copy(Cli.LAUNCHER, launcher);
    builds = root.resolve("builds");
  }

  @Test
  void buildsQuietlyWhereThereIsNoJarAndOnlyOnce() throws IOException {
    maven("cp '" + JAR + "' sdk-reactive/cli/target/execnet.jar; echo noise; echo noise >&2");
    assertThat(run(launcher).err()).isEmpty();
    assertThat(run(launcher).out()).singleElement().asString().startsWith("execnet ");
    assertThat(Files.readAllLines(builds))
        .containsExactly(
            "-q -B -pl sdk-reactive/cli -am -DskipTests -Dspotless.check.skip package");
  }

  @Test
  void twoAtOnceBuildOnce() throws IOException {
    maven("sleep 1; cp '" + JAR + "' sdk-reactive/cli/target/execnet.jar");
    Running first = start(launcher);
    Running second = start(launcher);
    assertThat(first.result()).isEqualTo(second.result());
    assertThat(first.status()).isZero();
    assertThat(Files.readAllLines(builds)).hasSize(1);
  }

  @Test
  void showsWhatMavenSaidWhereTheBuildFails() throws IOException {
    maven("echo '[ERROR] no good'; exit 1");
    Result result = run(launcher);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).containsExactly("[ERROR] no good", "execnet: could not be built");
    assertThat(result.status()).isEqualTo(1);
  }

  @Test
  void runsThroughASymbolicLinkFromAnywhere() throws IOException {
    maven("cp '" + JAR + "' sdk-reactive/cli/target/execnet.jar");
    Path inBetween = Files.createSymbolicLink(root.resolve("with space/there"), launcher);
    Path link = Files.createSymbolicLink(root.resolve("link"), root.relativize(inBetween));
    assertThat(run(link).out()).singleElement().asString().startsWith("execnet ");
  }

  @Test
  void saysWhatIsMissingWhereThereIsNoJava() throws IOException {
    maven("cp '" + JAR + "' sdk-reactive/cli/target/execnet.jar");
    Result result =
        Cli.start(Map.of("PATH", path(), "JAVA_HOME", "/nowhere"), command(launcher)).result();
    assertThat(result.err())
        .containsExactly("execnet: needs Java 17 or newer: there is no /nowhere/bin/java");
    assertThat(result.status()).isEqualTo(1);
  }

  private Result run(Path script) {
    return start(script).result();
  }

  private Running start(Path script) {
    return Cli.start(Map.of("PATH", path()), command(script));
  }

  private static List<String> command(Path script) {
    return List.of(script.toString(), "--version");
  }

  private String path() {
    return root + ":" + System.getenv("PATH");
  }

  private void maven(String script) throws IOException {
    Path mvn = root.resolve("mvn");
    Files.writeString(mvn, "#!/bin/sh\necho \"$@\" >> '" + builds + "'\n" + script + "\n");
    Files.setPosixFilePermissions(mvn, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
