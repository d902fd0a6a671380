package io.execnet.transport.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.signature.Signature;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/** What the known hosts files say about one host. */
final class KnownHosts {

  /**
   * A line about the host.
   *
   * @param marker {@code revoked}, {@code cert-authority}, or null
   * @param withPort whether it is about the port too; a line without one holds for others if there
   *     is nothing better
   */
  record Line(Path file, int number, @Nullable String marker, PublicKey key, boolean withPort) {

    boolean isPlain() {
      return marker == null;
    }

    String where() {
      return file + " line " + number;
    }
  }

  private static final Logger LOG = Loggers.getLogger(KnownHosts.class);

  private final HostKeyRules rules;
  private final List<Line> lines;

  private KnownHosts(HostKeyRules rules, List<Line> lines) {
    this.rules = rules;
    this.lines = lines;
  }

  /** Reads the files that are there. Blocks. */
  static KnownHosts read(HostKeyRules rules) {
    List<Line> lines = new ArrayList<>();
    for (List<Path> files : List.of(rules.userFiles(), rules.systemFiles())) {
      files.forEach(file -> read(file, rules, lines));
    }
    return new KnownHosts(rules, List.copyOf(lines));
  }

  private static void read(Path file, HostKeyRules rules, List<Line> lines) {
    if (!Files.isRegularFile(file)) {
      return;
    }
    String[] text;
    try {
      text = Files.readString(file, StandardCharsets.UTF_8).split("\n", -1);
    } catch (IOException e) {
      LOG.warn("can't read the known hosts in " + file + ": " + e);
      return;
    }
    for (int i = 0; i < text.length; i++) {
      try {
        KnownHostEntry entry = KnownHostEntry.parseKnownHostEntry(text[i]);
        if (entry != null) {
          boolean withPort = entry.isHostMatch(rules.name(), rules.port());
          if (withPort || entry.isHostMatch(rules.name(), 22)) {
            PublicKey key =
                entry.getKeyEntry().resolvePublicKey(null, PublicKeyEntryResolver.FAILING);
            lines.add(new Line(file, i + 1, entry.getMarker(), key, withPort));
          }
        }
      } catch (IOException | GeneralSecurityException | RuntimeException e) {
        LOG.debug(file + " line " + (i + 1) + " is left out: " + e.getMessage());
      }
    }
  }

  HostKeyRules rules() {
    return rules;
  }

  /** The lines about the host and its port. */
  List<Line> exact() {
    return lines.stream().filter(Line::withPort).toList();
  }

  /** Whether a line says that nobody may use this key any more. */
  boolean isRevoked(PublicKey key) {
    return lines.stream()
        .anyMatch(it -> "revoked".equals(it.marker()) && KeyUtils.compareKeys(it.key(), key));
  }

  /** Whether the key is the host's. */
  boolean holds(PublicKey key) {
    List<Line> exact = exact().stream().filter(Line::isPlain).toList();
    return (exact.isEmpty() ? lines : exact)
        .stream().anyMatch(it -> it.isPlain() && KeyUtils.compareKeys(it.key(), key));
  }

  /** The line that says otherwise about a key that is not the host's. */
  Optional<Line> other() {
    return exact().stream().filter(Line::isPlain).findFirst();
  }

  /**
   * The kinds of keys that are known come first: of its several keys a server shows the one that is
   * asked for first. Certificates are not understood here, so none is asked for.
   */
  List<NamedFactory<Signature>> sort(List<NamedFactory<Signature>> signatures) {
    Set<String> known = new TreeSet<>();
    for (Line line : lines) {
      if (line.isPlain()) {
        String type = KeyUtils.getKeyType(line.key());
        known.add(type);
        known.addAll(KeyUtils.getAllEquivalentKeyTypes(type));
      }
    }
    List<NamedFactory<Signature>> sorted = new ArrayList<>();
    for (boolean first : List.of(true, false)) {
      for (NamedFactory<Signature> signature : signatures) {
        String name = signature.getName();
        if (known.contains(name) == first && !name.contains("-cert-")) {
          sorted.add(signature);
        }
      }
    }
    return sorted;
  }
}
