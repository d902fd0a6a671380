package io.execnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.testing.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Socket servers and services from the command line. */
class SocketServerIT {

  private static final String PID = "import os; channel.send(os.getpid())";

  @TempDir Path folder;
  private Path token;

  @BeforeEach
  void makeToken() throws IOException {
    token = Files.writeString(folder.resolve("token"), "a token that only tests know");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
  }

  private Cli.Running serve(String... options) {
    String[] args = new String[options.length + 4];
    args[0] = "socketserver";
    args[1] = "0";
    args[2] = "--token-file";
    args[3] = token.toString();
    System.arraycopy(options, 0, args, 4, options.length);
    return Cli.startInterruptible(args);
  }

  private String tx(String address) {
    return "socket=" + address + "//token_file=" + token;
  }

  private static boolean listens(String address) {
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void servesUntilItIsAskedToQuit() {
    Cli.Running server = serve();
    String address = server.nextLine();
    assertThat(address).matches("127\\.0\\.0\\.1:\\d+");
    Cli.Result result = Cli.run("exec", "--tx", "2*" + tx(address), "-c", "channel.send(1)");
    assertThat(result.out())
        .containsExactlyInAnyOrder(
            "{\"gateway\":\"gw0\",\"item\":1}", "{\"gateway\":\"gw1\",\"item\":1}");
    assertThat(result.status()).isZero();

    Cli.Result wrong = Cli.run("quitserver", address, "--no-token");
    assertThat(wrong.status()).isEqualTo(3);
    assertThat(wrong.err()).anyMatch(line -> line.contains("demands a token"));
    assertThat(Cli.run("quitserver", address, "--token-file", token.toString()).status()).isZero();
    assertThat(listens(address)).isFalse();
    assertThat(server.status()).isZero();
  }

  @Test
  void endsWithItsCommandHoweverThatEnds() throws Exception {
    for (String signal : List.of("TERM", "KILL")) {
      Cli.Running server = serve();
      String address = server.nextLine();
      Cli.Running busy =
          Cli.start(Map.of(), "exec", "--tx", tx(address), "-c", PID + "\nwhile True: pass");
      long worker = Cli.item(busy.nextLine());
      new ProcessBuilder("kill", "-" + signal, String.valueOf(server.process.pid()))
          .start()
          .waitFor();
      server.status();
      assertThat(busy.status()).isEqualTo(1);
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> Cli.alive(List.of(worker).stream()).isEmpty() && !listens(address));
    }
  }

  /** A terminal sends the signal to both processes, and the server may well be the quicker one. */
  @Test
  void tellsThatItWasInterrupted() throws Exception {
    Cli.Running server = serve();
    server.nextLine();
    ProcessHandle program = server.process.children().findFirst().orElseThrow();
    new ProcessBuilder("kill", "-INT", String.valueOf(program.pid())).start().waitFor();
    assertThat(server.status()).isEqualTo(130);
  }

  @Test
  void endsAfterOneConnection() {
    Cli.Running server = serve("--once");
    String tx = tx(server.nextLine());
    assertThat(Cli.run("exec", "--tx", tx, "-c", "channel.send(1)", "--raw").out())
        .containsExactly("1");
    assertThat(server.status()).isZero();
  }

  @Test
  void printsTheProgram() {
    Cli.Result result = Cli.run("socketserver", "--print");
    assertThat(result.status()).isZero();
    assertThat(result.out()).contains("def server_main():");
  }

  @Test
  void wrongArgumentsAreWrongUsage() throws IOException {
    assertThat(Cli.run("socketserver", "nowhere").status()).isEqualTo(2);
    assertThat(Cli.run("quitserver", "nowhere").status()).isEqualTo(2);
    assertThat(Cli.run("services", "--stop", "0").status()).isEqualTo(2);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Cli.Result result =
          Cli.run("socketserver", taken.getLocalPort() + "", "--token-file", token.toString());
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.err()).anyMatch(line -> line.contains("can't listen on"));
    }
  }

  @Test
  void servicesStayAfterTheirCommands() throws IOException {
    int port = FreePort.find();
    String tx = "socketservice=" + port;
    String count = "s = channel.gateway.service\ns['n'] = s.get('n', 0) + 1\nchannel.send(s['n'])";
    try {
      assertThat(Cli.run("exec", "--tx", tx, "-c", count, "--raw").out()).containsExactly("1");
      assertThat(Cli.run("exec", "--tx", tx, "-c", count, "--raw").out()).containsExactly("2");
      assertThat(Cli.run("services").out()).anyMatch(line -> line.startsWith(port + "\t"));
    } finally {
      assertThat(Cli.run("services", "--stop", port + "").status()).isZero();
    }
    assertThat(Cli.run("services").out()).noneMatch(line -> line.startsWith(port + "\t"));
    assertThat(Cli.run("services", "--stop", port + "").status()).isEqualTo(1);
  }

  @Test
  void servicesOfAnotherHostAreListedAndStopped() throws IOException {
    String hop = "popen//id=hop//env:HOME=" + folder;
    int port = FreePort.find();
    String tx = "socketservice=" + port + "//via=hop";
    assertThat(Cli.run("services", "--tx", hop).out()).isEmpty();
    try {
      assertThat(Cli.run("exec", "--tx", hop, "--tx", tx, "-c", "channel.send(1)").status())
          .isZero();
      assertThat(Cli.run("services", "--tx", hop).out())
          .singleElement(InstanceOfAssertFactories.STRING)
          .startsWith("hop\t" + port + "\t");
      assertThat(Cli.run("services").out()).noneMatch(line -> line.startsWith(port + "\t"));
      assertThat(Cli.run("services", "--stop", port + "").status()).isEqualTo(1);
    } finally {
      assertThat(Cli.run("services", "--tx", hop, "--stop", port + "").status()).isZero();
    }
    Cli.Result again =
        Cli.run(
            "services",
            "--tx",
            hop,
            "--tx",
            "popen//id=b//" + "env:HOME=" + folder,
            "--stop",
            port + "");
    assertThat(again.status()).isEqualTo(1);
    assertThat(again.err())
        .anyMatch(line -> line.endsWith("there is no service on port " + port + " of hop"))
        .anyMatch(line -> line.endsWith("there is no service on port " + port + " of b"));
    assertThat(Cli.run("services", "--tx", "popen//python=no-such-python").status()).isEqualTo(3);
  }
}
