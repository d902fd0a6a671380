package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.BootstrapException;
import io.execnet.testing.Command;
import io.execnet.testing.FreePort;
import io.execnet.testing.Prerequisites;
import io.execnet.transport.socket.SocketServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

/** No room for the files that are kept for a while. */
class FullDiskIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path disk;

  private final Group group = Group.create();

  @BeforeEach
  void mount() {
    // one inode is the folder's own
    String options = "size=4k,nr_inodes=3";
    boolean mounted =
        Command.run(PATIENCE, "mount", "-t", "tmpfs", "-o", options, "none", disk.toString())
                .status()
            == 0;
    Prerequisites.require(mounted, "to be root, and allowed to mount a tmpfs");
    Command.run(PATIENCE, "dd", "if=/dev/zero", "of=" + disk.resolve("filler"), "bs=4k", "count=2");
  }

  @AfterEach
  void unmount() {
    group.close();
    Command.run(PATIENCE, "umount", disk.toString());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(disk)) {
      return files.toList();
    }
  }

  @Test
  void aWorkerIsReachedOverPipesWhereItsSocketHasNoPlace() throws IOException {
    Files.createFile(disk.resolve("the last inode"));
    String usual = System.setProperty("java.io.tmpdir", disk.toString());
    try {
      Gateway gateway = group.makeGateway().blockOptional(PATIENCE).orElseThrow();
      StepVerifier.create(gateway.remoteExec("channel.send(1)").receive())
          .expectNext(1L)
          .expectComplete()
          .verify(PATIENCE);
      gateway.exit().block(PATIENCE);
    } finally {
      System.setProperty("java.io.tmpdir", usual);
    }
    assertThat(files()).hasSize(2);
  }

  @Test
  void aManagerSaysThatItCannotTellWhoIsLocal() throws IOException {
    GatewayManagerOptions options = GatewayManagerOptions.of("popen").withProbeFolder(disk);
    try (GatewayManager manager = GatewayManager.create(options)) {
      StepVerifier.create(manager.makeGateways())
          .expectErrorSatisfies(
              error ->
                  assertThat(error)
                      .isInstanceOf(IOException.class)
                      .hasMessageContaining("No space left on device"))
          .verify(PATIENCE);
      assertThat(manager.group().gateways()).isEmpty();
    }
    assertThat(files()).hasSize(1);
  }

  @Test
  void aServiceThatHasNoPlaceForItsTokenDoesNotStart() {
    StepVerifier.create(
            group.makeGateway("socketservice=47899//python=env HOME=" + disk + " python3"))
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(BootstrapException.class)
                    .hasMessageContaining("No space left on device"))
        .verify(PATIENCE);
  }

  /** What is to run with its temporary files on the full disk, which a JVM is told at its start. */
  static final class WithServices {
    private WithServices() {}

    public static void main(String[] args) {
      int port = Integer.parseInt(args[0]);
      SocketServices services = new SocketServices();
      try (Group group = Group.create()) {
        Gateway gateway = group.makeGateway("socketservice=" + port).block();
        gateway
            .remoteExec("channel.send('runs')")
            .receive()
            .doOnNext(System.out::println)
            .blockLast();
        boolean listed = services.list().block().stream().anyMatch(it -> it.port() == port);
        System.out.println(listed ? "listed" : "not listed");
      } catch (RuntimeException e) {
        System.out.println(e);
      } finally {
        services.stop(port).onErrorReturn(false).block();
      }
    }
  }

  private String withServices() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Command.run(
            PATIENCE,
            java,
            "-Djava.io.tmpdir=" + disk,
            "-cp",
            classPath,
            WithServices.class.getName(),
            String.valueOf(FreePort.find()))
        .output();
  }

  @Test
  void aServiceIsStartedAndListedWhereTheirErrorsCanNotBeKept() throws IOException {
    assertThat(withServices()).contains("runs", "listed").doesNotContain("not listed");
    assertThat(files()).hasSize(1);
  }

  @Test
  void whoseFileForErrorsHasNoPlaceSaysSo() throws IOException {
    Files.createFile(disk.resolve("the last inode"));
    assertThat(withServices()).contains("No space left on device");
    assertThat(files()).hasSize(2);
  }
}
