package io.execnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code execnet socketserver --print} writes is a program that needs Python alone. */
class PrintedServerIT {

  private static final String PYTHON = "/usr/bin/python3";

  @TempDir static Path folder;
  private static Path token;

  @BeforeAll
  static void save() throws IOException {
    File program = folder.resolve("server.py").toFile();
    try {
      Process print =
          new ProcessBuilder(Cli.LAUNCHER.toString(), "socketserver", "--print")
              .redirectOutput(program)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      assertThat(print.waitFor()).isZero();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    token = Files.writeString(folder.resolve("token"), "a token that only tests know");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
  }

  /** As on a host where nothing else is: no environment, and no folder of ours. */
  private static Cli.Running serve(String options) {
    Stream<String> command =
        Stream.of(
                Stream.of("env", "-i", PYTHON),
                Stream.of(options.split(" ")).filter(option -> !option.isEmpty()),
                Stream.of(folder.resolve("server.py").toString(), "0", "--once"),
                Stream.of("--token-file", token.toString()))
            .flatMap(words -> words);
    return Cli.start(Map.of(), command.toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-I", "-I -S -W error"})
  void servesGatewaysInABareInterpreter(String options) {
    Cli.Running server = serve(options);
    try {
      String address = server.nextLine();
      assertThat(address).matches("127\\.0\\.0\\.1:\\d+");
      String tx = "socket=" + address + "//token_file=" + token;
      String code = "import sys; channel.send(sys.flags.isolated)";
      Cli.Result result = Cli.run("exec", "--tx", tx, "-c", code, "--raw");
      assertThat(result.err()).isEmpty();
      assertThat(result.out()).containsExactly(options.contains("-I") ? "1" : "0");
      Cli.Result ended = server.result();
      assertThat(ended.status()).isZero();
      assertThat(ended.err()).isEmpty();
    } finally {
      server.process.destroyForcibly();
    }
  }
}
