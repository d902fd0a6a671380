package io.execnet.transport.ssh;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.transport.ssh.HostKeyRules.Policy;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Optional;
import org.apache.sshd.client.config.hosts.KnownHostHashValue;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/** Takes the server's key or refuses it, and says what to do about that. */
final class HostKeyVerifier implements ServerKeyVerifier {

  private static final Logger LOG = Loggers.getLogger(HostKeyVerifier.class);

  /** Of two who take a new host's key at once, the second sees what the first has taken. */
  private static final Object ADDING = new Object();

  private final SshAttempt attempt;
  private final KnownHosts known;
  private final HostKeyRules rules;
  private @Nullable PublicKey taken;

  HostKeyVerifier(SshAttempt attempt, KnownHosts known) {
    this.attempt = attempt;
    this.known = known;
    this.rules = known.rules();
  }

  @Override
  public boolean verifyServerKey(ClientSession session, SocketAddress address, PublicKey key) {
    // keys are exchanged anew from time to time
    if (taken != null && KeyUtils.compareKeys(taken, key)) {
      return true;
    }
    String problem = problem(key);
    if (problem != null) {
      attempt.refuse(new BootstrapException(Reason.HOST_KEY_REFUSED, problem, "", null));
      return false;
    }
    taken = key;
    return true;
  }

  private @Nullable String problem(PublicKey key) {
    if (known.isRevoked(key)) {
      return "the host key of " + attempt.target().address() + " is revoked: " + shown(key);
    }
    if (known.holds(key)) {
      return null;
    }
    Optional<KnownHosts.Line> other = known.other();
    if (other.isPresent()) {
      String changed = changed(key, other.get());
      return rules.policy() == Policy.ACCEPT_ALL ? distrust(changed) : changed;
    }
    return switch (rules.policy()) {
      case ACCEPT_ALL -> null;
      case ACCEPT_NEW -> accept(key);
      case REFUSE_UNKNOWN -> unknown(key);
    };
  }

  /** Goes on, but tells no secrets; a signature with a key is of no use to anybody else. */
  private @Nullable String distrust(String changed) {
    LOG.warn(changed + ". It is taken all the same (StrictHostKeyChecking=no)");
    attempt.distrust("the host key has changed");
    return null;
  }

  private String changed(PublicKey key, KnownHosts.Line other) {
    return "the host key of "
        + attempt.target().address()
        + " has changed: it is "
        + shown(key)
        + ", but "
        + other.where()
        + " says "
        + shown(other.key())
        + ". Somebody may be listening in between. If the change is right, remove the old key: "
        + "ssh-keygen -f "
        + other.file()
        + " -R '"
        + pattern()
        + "'";
  }

  private String unknown(PublicKey key) {
    boolean authority = known.exact().stream().anyMatch(it -> "cert-authority".equals(it.marker()));
    Path file = file();
    return "the host key of "
        + attempt.target().address()
        + " is not known: "
        + shown(key)
        + (authority ? "; a @cert-authority line is there, but not supported" : "")
        + ". If it is the right one, add it: ssh-keyscan -p "
        + attempt.target().port()
        + " "
        + attempt.target().host()
        + " >> "
        + (file == null ? "~/.ssh/known_hosts" : file)
        + ", or take new keys with -o StrictHostKeyChecking=accept-new in the spec";
  }

  private static String shown(PublicKey key) {
    return KeyUtils.getKeyType(key) + " " + KeyUtils.getFingerPrint(key);
  }

  private String pattern() {
    return KnownHostHashValue.createHostPattern(rules.name(), rules.port());
  }

  private @Nullable Path file() {
    return rules.userFiles().isEmpty() ? null : rules.userFiles().get(0);
  }

  /** Adds the key to the user's file; returns what is wrong with that. */
  private @Nullable String accept(PublicKey key) {
    Path file = file();
    return file == null ? null : SshAttempt.ask(() -> add(key, file));
  }

  private @Nullable String add(PublicKey key, Path file) {
    try {
      synchronized (ADDING) {
        KnownHosts now = KnownHosts.read(rules);
        if (now.holds(key)) {
          return null;
        }
        Optional<KnownHosts.Line> other = now.other();
        if (other.isPresent()) {
          return changed(key, other.get());
        }
        KnownHostsFile.append(file, pattern() + " " + PublicKeyEntry.toString(key));
      }
      LOG.info("took the host key of " + attempt.target().address() + ": " + shown(key));
      return null;
    } catch (IOException e) {
      return "can't add the host key of " + attempt.target().address() + " to " + file + ": " + e;
    }
  }
}
