package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.testing.Prerequisites;
import io.execnet.transport.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys in files and in an agent. */
class KeyAuthenticationIT extends SshGateways {

  private OpenSshServer server;

  @BeforeEach
  void start() {
    server = server();
  }

  /** A key in the home folder, which the server takes. */
  private Path key(String name, String type, String passphrase) throws IOException {
    Path key = home.resolve(name);
    Files.createDirectories(key.getParent());
    OpenSshServer.keygen(key, type, passphrase);
    Files.writeString(
        server.authorizedKeys(),
        Files.readString(Path.of(key + ".pub")),
        StandardOpenOption.APPEND);
    return key;
  }

  /** Options that win over the server's own key. */
  private String spec(String options) {
    return "ssh="
        + options
        + " -F none -p "
        + server.port()
        + " -o UserKnownHostsFile="
        + server.knownHosts()
        + " 127.0.0.1";
  }

  @ParameterizedTest
  @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
  void takesAKeyOfEveryKind(String type) throws Exception {
    assertWorks(open(spec("-i " + key("mine", type, ""))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
  void findsTheUsualKeys(String type) throws Exception {
    key(".ssh/id_" + type, type, "");
    assertWorks(open(spec("")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
  void asksForThePassphraseOfAnEncryptedKey(String type) throws Exception {
    Path key = key("locked", type, "open sesame");
    List<Path> asked = new CopyOnWriteArrayList<>();
    Credentials credentials =
        new Credentials() {
          @Override
          public Optional<String> passphrase(Path file) {
            asked.add(file);
            return Optional.of("open sesame");
          }
        };
    assertWorks(open(spec("-i " + key), credentials));
    assertThat(asked).containsExactly(key);
  }

  @Test
  void doesNotAskForAPassphraseThatIsNotNeeded() throws Exception {
    Path locked = key("locked", "ed25519", "open sesame");
    Credentials credentials =
        new Credentials() {
          @Override
          public Optional<String> passphrase(Path file) {
            throw new AssertionError("asked for " + file);
          }
        };
    assertWorks(open(spec("-i " + key("mine", "ed25519", "") + " -i " + locked), credentials));
  }

  @Test
  void saysWhichKeysItCouldNotUse() throws Exception {
    Path locked = key("locked", "ed25519", "open sesame");
    Path text = Files.writeString(home.resolve("text"), "no key");
    Path missing = home.resolve("missing");
    BootstrapException error =
        failure(open(spec("-i " + locked + " -i " + text + " -i " + missing)));
    assertThat(error.reason()).isEqualTo(Reason.AUTHENTICATION_REFUSED);
    assertThat(error)
        .hasMessageContaining(OpenSshServer.user() + "@127.0.0.1:" + server.port())
        .hasMessageContaining("nothing could be tried")
        .hasMessageContaining(locked + ": it is encrypted, and its passphrase is not known")
        .hasMessageContaining("key " + text + ": ")
        .hasMessageContaining(missing + ": there is no such file")
        .hasMessageContaining("the server takes publickey");
  }

  @Test
  void saysThatAPassphraseIsWrong() throws Exception {
    Path locked = key("locked", "ed25519", "open sesame");
    Credentials credentials =
        new Credentials() {
          @Override
          public Optional<String> passphrase(Path file) {
            return Optional.of("wrong");
          }
        };
    assertThat(failure(open(spec("-i " + locked), credentials)))
        .hasMessageContaining("key " + locked + ": ");
  }

  @Test
  void saysWhatTheServerRefused() {
    Path key = home.resolve("stranger");
    OpenSshServer.keygen(key, "ed25519", "");
    String fingerprint = OpenSshServer.run("ssh-keygen", "-l", "-f", key.toString()).split(" ")[1];
    BootstrapException error = failure(open(spec("-l nobody-here -i " + key)));
    assertThat(error.reason()).isEqualTo(Reason.AUTHENTICATION_REFUSED);
    assertThat(error)
        .hasMessageContaining("nobody-here@127.0.0.1:" + server.port() + " did not let us in")
        .hasMessageContaining("tried publickey " + fingerprint)
        .hasMessageContaining("the server takes publickey");
  }

  private Path agent() throws IOException {
    Path socket = home.resolve("agent");
    Process agent;
    try {
      agent =
          new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      Prerequisites.require(false, "install OpenSSH's client");
      throw e;
    }
    Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(socket));
    closeLater(
        () -> {
          agent.destroyForcibly();
          agent.waitFor();
        });
    useAgent(socket);
    return socket;
  }

  private void add(Path socket, Path key) {
    OpenSshServer.run("env", "SSH_AUTH_SOCK=" + socket, "ssh-add", "-q", key.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
  void takesAKeyFromTheAgent(String type) throws Exception {
    Path key = key("mine", type, "");
    add(agent(), key);
    Files.delete(key);
    assertWorks(open(spec("")));
  }

  @Test
  void usesTheAgentThatIsNamed() throws Exception {
    Path key = key("mine", "ed25519", "");
    Path socket = agent();
    add(socket, key);
    Files.delete(key);
    useAgent(home.resolve("no-agent"));
    assertWorks(open(spec("-o IdentityAgent=" + socket)));
    assertThat(failure(open(spec("-o IdentityAgent=none"))).reason())
        .isEqualTo(Reason.AUTHENTICATION_REFUSED);
  }

  @Test
  void showsOnlyNamedKeysOfTheAgentWhereThatIsAsked() throws Exception {
    Path key = key("mine", "ed25519", "");
    Path stranger = home.resolve("stranger");
    OpenSshServer.keygen(stranger, "ed25519", "");
    Path socket = agent();
    add(socket, key);
    add(socket, stranger);
    assertThat(failure(open(spec("-o IdentitiesOnly=yes -i " + stranger))).reason())
        .isEqualTo(Reason.AUTHENTICATION_REFUSED);
    Files.delete(key);
    assertWorks(open(spec("-o IdentitiesOnly=yes -i " + key)));
  }

  @Test
  void goesOnWithoutAnAgentThatIsNotThere() throws Exception {
    useAgent(home.resolve("gone"));
    assertWorks(open(spec("-i " + key("mine", "ed25519", ""))));
    assertThat(failure(open(spec("-i " + home.resolve("missing")))))
        .hasMessageContaining("agent " + home.resolve("gone") + ": ");
  }
}
