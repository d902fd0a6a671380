package io.execnet.transport.ssh;

import io.execnet.core.XSpecException;
import io.execnet.transport.shell.ShellWords;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the value of {@code ssh=}: what people write for OpenSSH's command, up to the host. */
final class SshArguments {

  /** One option, as a configuration file would have it. */
  record Setting(String keyword, List<String> words) {}

  private static final String WITHOUT_VALUE = "46aAkKnNqtTvxXyC";
  private static final String WITH_VALUE = "pliJoFbcmeEILDRWwSQOB";

  private final String text;
  private final List<Setting> settings = new ArrayList<>();
  private @Nullable String host;
  private @Nullable String configFile;

  private SshArguments(String text) {
    this.text = text;
  }

  /**
   * Reads it.
   *
   * @throws XSpecException naming an option that is not supported
   */
  static SshArguments parse(String text) {
    SshArguments arguments = new SshArguments(text);
    arguments.read(ShellWords.split("ssh", text));
    return arguments;
  }

  /** The host as it was written, by which a configuration file knows it. */
  String host() {
    if (host == null) {
      throw error("names no host");
    }
    return host;
  }

  List<Setting> settings() {
    return settings;
  }

  /** {@code -F}. */
  Optional<String> configFile() {
    return Optional.ofNullable(configFile);
  }

  private void read(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (!word.startsWith("-")) {
        destination(word);
        continue;
      }
      for (int at = 1; at < word.length(); at++) {
        char option = word.charAt(at);
        if (WITH_VALUE.indexOf(option) >= 0) {
          String value = word.substring(at + 1);
          if (value.isEmpty()) {
            i++;
            if (i == words.size()) {
              throw error("has nothing after -" + option);
            }
            value = words.get(i);
          }
          withValue(option, value);
          break;
        }
        flag(option);
      }
      if (word.length() == 1) {
        throw error("has an option without a letter: -");
      }
    }
    host();
  }

  private void destination(String word) {
    if (host != null) {
      throw error("names a second host or a command: " + word);
    }
    int at = word.lastIndexOf('@');
    if (at >= 0) {
      set(SshKeywords.USER, word.substring(0, at));
    }
    host = word.substring(at + 1);
    if (host.isEmpty() || at == 0) {
      throw error("has an empty user or host: " + word);
    }
  }

  private void flag(char option) {
    switch (option) {
      case 'C' -> set(SshKeywords.COMPRESSION, "yes");
      case '4' -> set(SshKeywords.ADDRESS_FAMILY, "inet");
      case '6' -> set(SshKeywords.ADDRESS_FAMILY, "inet6");
      default -> {
        // -q, -T, -x, -a…: nothing that a worker could notice
        if (WITHOUT_VALUE.indexOf(option) < 0 || "tNAXY".indexOf(option) >= 0) {
          throw unsupported("-" + option);
        }
      }
    }
  }

  private void withValue(char option, String value) {
    switch (option) {
      case 'p' -> set(SshKeywords.PORT, value);
      case 'l' -> set(SshKeywords.USER, value);
      case 'i' -> set(SshKeywords.IDENTITY_FILE, value);
      case 'J' -> set(SshKeywords.PROXY_JUMP, value);
      case 'F' -> configFile = value;
      case 'o' -> {
        ConfigLine line = ConfigLine.parse(value);
        if (line == null || line.words().isEmpty()) {
          throw error("has -o without a name and a value: " + value);
        }
        String keyword = line.keyword().toLowerCase(Locale.ROOT);
        if (SshKeywords.isSupported(keyword)) {
          settings.add(new Setting(keyword, line.words()));
        } else if (!SshKeywords.isWithoutEffect(keyword)) {
          throw new XSpecException(
              "ssh="
                  + text
                  + ": -o "
                  + line.keyword()
                  + " is not supported; these are: "
                  + SshKeywords.supported());
        }
      }
      default -> throw unsupported("-" + option);
    }
  }

  private void set(String keyword, String value) {
    settings.add(new Setting(keyword, List.of(value)));
  }

  private XSpecException unsupported(String option) {
    return error(option + " is not supported; these are: -p -l -i -o -J -F -C -4 -6");
  }

  private XSpecException error(String problem) {
    return new XSpecException("ssh=" + text + " " + problem);
  }
}
