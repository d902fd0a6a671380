package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.transport.Credentials;
import io.execnet.transport.socket.ServerUnderTest;
import io.execnet.transport.ssh.PasswordServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.test.StepVerifier;

/** The secrets that a group has for its specs. */
@Timeout(120)
class CredentialsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static GroupOptions knowing(String secret) {
    return GroupOptions.defaults()
        .withCredentials(
            new Credentials() {
              @Override
              public Optional<String> password(String user, String host, int port) {
                return Optional.of(secret);
              }

              @Override
              public Optional<String> token(String host, int port) {
                return Optional.of(secret);
              }
            });
  }

  private static void opens(String spec, String secret) {
    try (Group group = Group.create(knowing(secret))) {
      Gateway gateway = group.makeGateway(spec).blockOptional(PATIENCE).orElseThrow();
      Object answer = gateway.remoteExec("channel.send(42)").receive().single().block(PATIENCE);
      assertThat(answer).isEqualTo(42L);
    }
  }

  private static void doesNotOpen(String spec) {
    try (Group group = Group.create(knowing("something that nobody has chosen"))) {
      StepVerifier.create(group.makeGateway(spec))
          .expectErrorSatisfies(
              error ->
                  assertThat(error)
                      .isInstanceOfSatisfying(
                          BootstrapException.class,
                          failed ->
                              assertThat(failed.reason()).isEqualTo(Reason.AUTHENTICATION_REFUSED)))
          .verify(PATIENCE);
    }
  }

  @Test
  void aPassword() throws IOException {
    try (PasswordServer server = PasswordServer.start()) {
      doesNotOpen(server.spec());
      opens(server.spec(), "secret");
    }
  }

  @Test
  void aToken() {
    try (ServerUnderTest server = ServerUnderTest.start()) {
      doesNotOpen("socket=" + server.address());
      opens("socket=" + server.address(), ServerUnderTest.TOKEN);
    }
  }
}
