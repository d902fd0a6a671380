package io.execnet.transport.ssh;

import io.execnet.transport.Credentials;
import io.execnet.transport.Credentials.Prompt;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.client.auth.UserAuthFactory;
import org.apache.sshd.client.auth.keyboard.UserAuthKeyboardInteractiveFactory;
import org.apache.sshd.client.auth.keyboard.UserInteraction;
import org.apache.sshd.client.auth.password.PasswordAuthenticationReporter;
import org.apache.sshd.client.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.client.auth.pubkey.PublicKeyAuthenticationReporter;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.jspecify.annotations.Nullable;

/** Proves who the user is, with keys and with what the program's {@link Credentials} know. */
final class Authentication
    implements UserInteraction, PublicKeyAuthenticationReporter, PasswordAuthenticationReporter {

  private static final Map<String, UserAuthFactory> FACTORIES =
      Map.of(
          "publickey", UserAuthPublicKeyFactory.INSTANCE,
          "keyboard-interactive", UserAuthKeyboardInteractiveFactory.INSTANCE,
          "password", UserAuthPasswordFactory.INSTANCE);

  private final SshAttempt attempt;
  private final SshTarget target;
  private final Credentials credentials;

  private Authentication(SshAttempt attempt) {
    this.attempt = attempt;
    this.target = attempt.target();
    this.credentials = attempt.credentials();
  }

  static void configure(ClientSessionImpl session, SshAttempt attempt) {
    Authentication authentication = new Authentication(attempt);
    List<UserAuthFactory> factories = new ArrayList<>();
    for (String method : attempt.target().identity().methods()) {
      UserAuthFactory factory = FACTORIES.get(method);
      if (factory != null) {
        factories.add(factory);
      }
    }
    session.setUserAuthFactories(factories);
    session.setKeyIdentityProvider(new KeyFiles(attempt));
    session.setUserInteraction(authentication);
    session.setPublicKeyAuthenticationReporter(authentication);
    session.setPasswordAuthenticationReporter(authentication);
  }

  /** Whether somebody in between could be listening. */
  private boolean withholds(String method) {
    String why = attempt.distrust();
    if (why != null) {
      attempt.skipped(method + ": " + why);
    }
    return why != null;
  }

  private Optional<String> password() {
    return SshAttempt.ask(() -> credentials.password(target.user(), target.host(), target.port()));
  }

  @Override
  public @Nullable String resolveAuthPasswordAttempt(ClientSession session) {
    if (withholds("password")) {
      return null;
    }
    Optional<String> password = password();
    if (password.isEmpty()) {
      attempt.skipped("password: none is known");
    }
    return password.orElse(null);
  }

  @Override
  public String @Nullable [] interactive(
      ClientSession session,
      String name,
      String instruction,
      String language,
      String[] prompts,
      boolean[] echo) {
    if (withholds("keyboard-interactive")) {
      return null;
    }
    List<Prompt> questions = new ArrayList<>();
    for (int i = 0; i < prompts.length; i++) {
      questions.add(new Prompt(prompts[i], echo[i]));
    }
    Optional<List<String>> answers =
        SshAttempt.ask(
            () ->
                credentials.answers(
                    target.user(), target.host(), target.port(), instruction, questions));
    if (answers.isEmpty() && questions.size() == 1 && !echo[0]) {
      answers = password().map(List::of); // one hidden question: that is what servers ask with it
    }
    if (answers.isEmpty()) {
      attempt.skipped("keyboard-interactive: no answers to " + questions);
      return null;
    }
    if (answers.get().size() != prompts.length) {
      attempt.skipped(
          "keyboard-interactive: "
              + answers.get().size()
              + " answers to "
              + prompts.length
              + " questions");
      return null;
    }
    attempt.tried("keyboard-interactive");
    return answers.get().toArray(String[]::new);
  }

  @Override
  public @Nullable String getUpdatedPassword(
      ClientSession session, String prompt, String language) {
    attempt.skipped("password: it has expired");
    return null;
  }

  @Override
  public void signalAuthenticationAttempt(
      ClientSession session, String service, KeyPair identity, String signature) {
    attempt.tried("publickey " + KeyUtils.getFingerPrint(identity.getPublic()));
  }

  @Override
  public void signalAuthenticationAttempt(
      ClientSession session, String service, String old, boolean modified, String password) {
    attempt.tried("password");
  }

  @Override
  public void signalAuthenticationExhausted(ClientSession session, String service) {
    // nothing to add
  }
}
