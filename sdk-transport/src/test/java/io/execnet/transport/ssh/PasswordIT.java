package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.transport.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.keyboard.InteractiveChallenge;
import org.apache.sshd.server.auth.keyboard.KeyboardInteractiveAuthenticator;
import org.apache.sshd.server.auth.keyboard.PromptEntry;
import org.apache.sshd.server.auth.keyboard.UserAuthKeyboardInteractiveFactory;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.server.shell.ProcessShellCommandFactory;
import org.junit.jupiter.api.Test;

/** What only the program knows; against an embedded server, since OpenSSH's needs a real user. */
class PasswordIT extends SshGateways {

  private final List<String> asked = new CopyOnWriteArrayList<>();

  private String passwordServer() throws IOException {
    PasswordServer server = PasswordServer.start();
    closeLater(server);
    return server.spec();
  }

  private Credentials password(String password) {
    return new Credentials() {
      @Override
      public Optional<String> password(String user, String host, int port) {
        asked.add(user + "@" + host + ":" + port);
        return Optional.of(password);
      }
    };
  }

  @Test
  void takesAPassword() throws Exception {
    String spec = passwordServer();
    assertWorks(open(spec, password("secret")));
    assertThat(asked).singleElement().asString().startsWith("joe@127.0.0.1:");
  }

  @Test
  void saysThatThePasswordIsWrong() throws Exception {
    BootstrapException error = failure(open(passwordServer(), password("guess")));
    assertThat(error.reason()).isEqualTo(Reason.AUTHENTICATION_REFUSED);
    assertThat(error)
        .hasMessageContaining("tried password")
        .hasMessageContaining("the server takes password");
    assertThat(asked).hasSize(1);
  }

  @Test
  void saysThatNoPasswordIsKnown() throws Exception {
    assertThat(failure(open(passwordServer())))
        .hasMessageContaining("password: none is known")
        .hasMessageContaining("the server takes password");
  }

  @Test
  void doesNotUseAMethodThatIsSwitchedOff() throws Exception {
    String spec = passwordServer().replace("-F none", "-F none -o PasswordAuthentication=no");
    assertThat(failure(open(spec, password("secret"))).reason())
        .isEqualTo(Reason.AUTHENTICATION_REFUSED);
    assertThat(asked).isEmpty();
  }

  /** Asks for a word, and then for a number. */
  private String askingServer() throws IOException {
    SshServer server = EmbeddedServers.create();
    server.setCommandFactory(ProcessShellCommandFactory.INSTANCE);
    server.setUserAuthFactories(List.of(UserAuthKeyboardInteractiveFactory.INSTANCE));
    server.setKeyboardInteractiveAuthenticator(
        new KeyboardInteractiveAuthenticator() {
          @Override
          public InteractiveChallenge generateChallenge(
              ServerSession session, String user, String language, String methods) {
            InteractiveChallenge challenge = new InteractiveChallenge();
            challenge.setInteractionName("two");
            challenge.setInteractionInstruction("Prove it");
            challenge.addPrompt(new PromptEntry("Word: ", false));
            challenge.addPrompt(new PromptEntry("Number: ", true));
            return challenge;
          }

          @Override
          public boolean authenticate(ServerSession session, String user, List<String> answers) {
            return answers.equals(List.of("secret", "42"));
          }
        });
    server.start();
    closeLater(() -> server.stop(true));
    return EmbeddedServers.spec(server);
  }

  private Credentials answers(Map<String, String> known) {
    return new Credentials() {
      @Override
      public Optional<List<String>> answers(
          String user, String host, int port, String instruction, List<Prompt> prompts) {
        asked.add(instruction + " " + prompts);
        return Optional.of(prompts.stream().map(it -> known.get(it.text().strip())).toList());
      }
    };
  }

  @Test
  void answersQuestions() throws Exception {
    String spec = askingServer();
    assertWorks(open(spec, answers(Map.of("Word:", "secret", "Number:", "42"))));
    assertThat(asked)
        .containsExactly(
            "Prove it [Prompt[text=Word: , echo=false], Prompt[text=Number: , echo=true]]");
  }

  @Test
  void saysThatAnswersWereWrong() throws Exception {
    String spec = askingServer();
    assertThat(failure(open(spec, answers(Map.of("Word:", "x", "Number:", "1")))))
        .hasMessageContaining("tried keyboard-interactive");
    assertThat(failure(open(spec)))
        .hasMessageContaining("could not try keyboard-interactive: no answers to");
    assertThat(failure(open(spec, password("secret"))))
        .hasMessageContaining("could not try keyboard-interactive: no answers to");
  }

  @Test
  void tellsNothingToAHostWhoseKeyHasChanged() throws Exception {
    assertThat(failure(open(changed(passwordServer()), password("secret"))))
        .hasMessageContaining("could not try password: the host key has changed")
        .hasMessageContaining("the server takes password");
    Map<String, String> known = Map.of("Word:", "secret", "Number:", "42");
    assertThat(failure(open(changed(askingServer()), answers(known))))
        .hasMessageContaining("could not try keyboard-interactive: the host key has changed");
    assertThat(asked).isEmpty();
  }

  /** The same server, after another key of it has become known. */
  private String changed(String spec) throws IOException {
    String port = spec.replaceFirst(".* -p (\\d+) .*", "$1");
    Path key = home.resolve("other-" + port);
    OpenSshServer.keygen(key, "ed25519", "");
    Path known = home.resolve("known-" + port);
    Files.writeString(known, "[127.0.0.1]:" + port + " " + Files.readString(Path.of(key + ".pub")));
    return spec.replace("UserKnownHostsFile=none", "UserKnownHostsFile=" + known);
  }

  @Test
  void somebodyWhoThinksForLongHoldsUpNobodyElse() throws Exception {
    CountDownLatch thinking = new CountDownLatch(1);
    Credentials slow =
        new Credentials() {
          @Override
          public Optional<String> password(String user, String host, int port) {
            asked.add(user);
            try {
              thinking.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return Optional.of("secret");
          }
        };
    String spec = passwordServer();
    // each user is a session of its own, and there are more of them than threads
    List<reactor.core.Disposable> waiting = new CopyOnWriteArrayList<>();
    for (int i = 0; i < 20; i++) {
      waiting.add(
          open(spec.replace("joe@", "joe" + i + "@"), slow).subscribe(it -> {}, error -> {}));
    }
    org.awaitility.Awaitility.await().atMost(PATIENCE).until(() -> asked.size() == 20);
    assertWorks(open(spec, password("secret")));
    waiting.forEach(reactor.core.Disposable::dispose);
    thinking.countDown();
  }
}
