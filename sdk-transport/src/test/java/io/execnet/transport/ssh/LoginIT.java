package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.BootstrapException;
import io.execnet.core.ExitStatus;
import io.execnet.testing.Prerequisites;
import io.execnet.testing.Quietly;
import io.execnet.transport.Connection;
import io.execnet.transport.Credentials;
import io.execnet.transport.PeerConnections;
import io.execnet.transport.Received;
import io.execnet.transport.TransportOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What a login may say and do before the interpreter starts, and how that ends. */
class LoginIT extends SshGateways {

  @Test
  void aBannerAndANoisyProfileDoNoHarm() throws Exception {
    Prerequisites.require(
        OpenSshServer.run("sh", "-c", "getent passwd $(id -u)").strip().endsWith("/bash"),
        "log in with bash, which reads .bashrc over SSH");
    Path banner = Files.writeString(home.resolve("banner"), "NO ENTRY\n".repeat(100));
    Files.writeString(
        home.resolve(".bashrc"),
        "touch " + home.resolve("read") + "; echo Welcome; printf 'no end <'; echo oops >&2\n");
    OpenSshServer server = server("Banner " + banner, "SetEnv HOME=" + home);
    assertWorks(open(server.spec()));
    assertThat(home.resolve("read")).exists();
  }

  @Test
  void aForcedCommandThatStartsTheInterpreterIsEnough() throws Exception {
    OpenSshServer server =
        server(
            "ForceCommand echo hello; exec python3 -u -c 'import sys;exec(eval(sys.stdin.readline()))'");
    assertWorks(open(server.spec()));
  }

  @Test
  void errorsBeforeTheInterpreterThatNobodyTakesHoldNothingUp() throws Exception {
    OpenSshServer server =
        server(
            "ForceCommand head -c 4000000 /dev/zero >&2; echo last words >&2;"
                + " exec python3 -u -c 'import sys;exec(eval(sys.stdin.readline()))'");
    CountDownLatch release = new CountDownLatch(1);
    TransportOptions options = new TransportOptions(PATIENCE, line -> Quietly.await(release));
    Connection connection = PeerConnections.value(open(server.spec(), options));
    assertWorks(connection);
    assertThat(connection.standardError()).endsWith("last words\n");
    release.countDown();
  }

  @Test
  void compressesWhereItIsAskedTo() throws Exception {
    OpenSshServer server = server("LogLevel DEBUG1");
    assertWorks(open(server.spec()));
    assertThat(server.log()).contains("compression: none").doesNotContain("compression: zlib");
    assertWorks(open(server.spec("-o Compression=yes")));
    assertThat(server.log()).contains("compression: zlib@openssh.com");
  }

  @Test
  void findsTheInterpreterWithTheCommandThatRunsIt() throws Exception {
    Path bin = Files.createDirectory(home.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("sh"), Path.of("/bin/sh"));
    PasswordServer server = PasswordServer.withPath(bin.toString());
    closeLater(server);
    Credentials joe =
        new Credentials() {
          @Override
          public Optional<String> password(String user, String host, int port) {
            return Optional.of("secret");
          }
        };
    assertThat(failure(open(server.spec(), joe)).reason())
        .isEqualTo(BootstrapException.Reason.INTERPRETER_NOT_FOUND);
    assertThat(server.commands()).isEqualTo(1);
    Files.createSymbolicLink(bin.resolve("python"), Path.of("/usr/bin/python3"));
    assertWorks(open(server.spec(), joe));
    assertThat(server.commands()).isEqualTo(2);
  }

  @Test
  void tellsTheAddressOfTheServer() throws Exception {
    OpenSshServer server = server();
    Connection connection = PeerConnections.value(open(server.spec()));
    assertThat(connection.remoteAddress().orElseThrow().toString())
        .contains("127.0.0.1:" + server.port());
    assertWorks(connection);
  }

  @Test
  void killsBehindAForcedCommandToo() throws Exception {
    // OpenSSH sends no signals there, and the command that kills is replaced as well
    OpenSshServer server = server("ForceCommand sh -c \"$SSH_ORIGINAL_COMMAND\"");
    Connection connection = PeerConnections.value(open(server.spec()));
    Received received = Received.from(connection);
    connection.kill();
    received.awaitClosed();
    assertThat(PeerConnections.value(connection.exitStatus()))
        .isIn(new ExitStatus(137, "SIGKILL"), ExitStatus.ofCode(137));
  }

  @Test
  void readsTheUsersConfiguration() throws Exception {
    OpenSshServer server = server();
    Files.createDirectories(home.resolve(".ssh"));
    Files.writeString(
        home.resolve(".ssh/config"),
        "Host box\n HostName 127.0.0.1\n Port "
            + server.port()
            + "\n IdentityFile %d/key\n User "
            + OpenSshServer.user()
            + "\n");
    Files.copy(server.key(), home.resolve("key"));
    Files.copy(server.knownHosts(), home.resolve(".ssh/known_hosts"));
    assertWorks(open("ssh=box"));
    Files.copy(home.resolve(".ssh/config"), home.resolve("other"));
    Files.delete(home.resolve(".ssh/config"));
    assertWorks(open("ssh=box//ssh_config=~/other"));
    assertWorks(open("ssh=box//ssh_config=" + home.resolve("other")));
  }
}
