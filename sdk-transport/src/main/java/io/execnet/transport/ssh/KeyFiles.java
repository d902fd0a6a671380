package io.execnet.transport.ssh;

import io.execnet.transport.Credentials;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.util.io.resource.PathResource;
import org.apache.sshd.common.util.security.SecurityUtils;

/**
 * The user's private keys. Each file is read, and a passphrase asked for, only when the server did
 * not take those before it.
 */
final class KeyFiles implements KeyIdentityProvider {

  private final SshAttempt attempt;
  private final IdentityRules rules;
  private final Credentials credentials;

  KeyFiles(SshAttempt attempt) {
    this.attempt = attempt;
    this.rules = attempt.target().identity();
    this.credentials = attempt.credentials();
  }

  @Override
  public Iterable<KeyPair> loadKeys(SessionContext session) {
    return () ->
        rules.files().stream()
            .flatMap(file -> SshAttempt.ask(() -> load(session, file)).stream())
            .iterator();
  }

  private List<KeyPair> load(SessionContext session, Path file) {
    if (!Files.exists(file)) {
      if (rules.named()) {
        attempt.skipped("key " + file + ": there is no such file");
      }
      return List.of();
    }
    AtomicBoolean unknown = new AtomicBoolean();
    FilePasswordProvider passphrase =
        (context, resource, retry) -> {
          String known = retry > 0 ? null : credentials.passphrase(file).orElse(null);
          unknown.set(known == null && retry == 0);
          return known;
        };
    List<KeyPair> keys = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      Iterable<KeyPair> found =
          SecurityUtils.loadKeyPairIdentities(session, new PathResource(file), in, passphrase);
      if (found != null) {
        found.forEach(keys::add);
      }
      if (keys.isEmpty()) {
        attempt.skipped("key " + file + ": it holds no private key");
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      attempt.skipped(
          "key "
              + file
              + (unknown.get()
                  ? ": it is encrypted, and its passphrase is not known"
                  : ": " + e.getMessage()));
    }
    return keys;
  }
}
