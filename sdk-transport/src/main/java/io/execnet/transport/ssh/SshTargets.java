package io.execnet.transport.ssh;

import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.ssh.HostKeyRules.Policy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** From a spec and the configuration files to a target. Reads files, so it blocks. */
final class SshTargets {

  private static final int MAX_JUMPS = 8;

  private static final List<String> DEFAULT_KEYS = List.of("id_ed25519", "id_ecdsa", "id_rsa");

  private static final List<String> METHODS =
      List.of("publickey", "keyboard-interactive", "password");

  private final SshSettings settings;
  private final Duration keepAlive;
  private final Optional<String> configFile;

  private SshTargets(SshSettings settings, Duration keepAlive, Optional<String> configFile) {
    this.settings = settings;
    this.keepAlive = keepAlive;
    this.configFile = configFile;
  }

  /** The target of a spec with {@code ssh=}. */
  static SshTarget of(XSpec spec, SshSettings settings, Duration keepAlive) {
    SshArguments arguments = SshArguments.parse(spec.ssh().orElse(""));
    Optional<String> file = spec.sshConfig().or(arguments::configFile);
    SshConfig config = new SshConfig();
    for (SshArguments.Setting setting : arguments.settings()) {
      config.add(setting.keyword(), setting.words(), "in ssh=" + spec.ssh().orElse(""));
    }
    return new SshTargets(settings, keepAlive, file).resolve(arguments.host(), config, 0);
  }

  private SshTarget resolve(String alias, SshConfig config, int depth) {
    readFiles(alias, config);
    if (depth > MAX_JUMPS) {
      throw new XSpecException("more than " + MAX_JUMPS + " ProxyJump hosts; the last is " + alias);
    }
    String user = config.text(SshKeywords.USER).orElse(settings.user());
    int port = config.number(SshKeywords.PORT, 1, 65535).orElse(22);
    String host =
        expand(
            config.text(SshKeywords.HOST_NAME).orElse(alias),
            Map.of("h", alias, "n", alias, "%", "%"));
    Map<String, String> tokens =
        Map.of(
            "%",
            "%",
            "d",
            settings.home().toString(),
            "h",
            host,
            "n",
            alias,
            "p",
            Integer.toString(port),
            "r",
            user,
            "u",
            settings.user());
    return new SshTarget(
        host,
        port,
        user,
        identity(config, tokens),
        hostKeys(config, host, port, tokens),
        config.yes(SshKeywords.COMPRESSION, false),
        aliveInterval(config),
        // of the keep-alive time the last third is for the answer
        config
            .number(SshKeywords.SERVER_ALIVE_COUNT, 1, 1_000_000)
            .orElse(config.text(SshKeywords.SERVER_ALIVE_INTERVAL).isPresent() ? 3 : 2),
        connectTimeout(config),
        family(config),
        via(alias, config, depth));
  }

  private void readFiles(String alias, SshConfig config) {
    if (configFile.isPresent()) {
      if (!configFile.get().equals("none")) {
        Path file = settings.path(configFile.get());
        new SshConfigFile(settings, config, alias, settings.folder()).read(file);
      }
      return;
    }
    Path own = settings.folder().resolve("config");
    if (Files.isReadable(own)) {
      new SshConfigFile(settings, config, alias, settings.folder()).read(own);
    }
    Path system = settings.systemConfig();
    Path folder = system.getParent();
    if (folder != null && Files.isReadable(system)) {
      new SshConfigFile(settings, config, alias, folder).read(system);
    }
  }

  private IdentityRules identity(SshConfig config, Map<String, String> tokens) {
    List<String> named =
        config.all(SshKeywords.IDENTITY_FILE).stream().filter(it -> !it.equals("none")).toList();
    List<Path> files = new ArrayList<>();
    if (config.all(SshKeywords.IDENTITY_FILE).isEmpty()) {
      DEFAULT_KEYS.forEach(key -> files.add(settings.folder().resolve(key)));
    }
    named.forEach(file -> files.add(settings.path(expand(file, tokens))));
    String agent = config.text(SshKeywords.IDENTITY_AGENT).orElse("SSH_AUTH_SOCK");
    Optional<String> socket =
        agent.equals("SSH_AUTH_SOCK")
            ? settings.agentSocket()
            : Optional.of(agent).filter(it -> !it.equals("none"));
    return new IdentityRules(
        List.copyOf(files),
        !named.isEmpty(),
        config.yes(SshKeywords.IDENTITIES_ONLY, false),
        socket.map(it -> settings.path(expand(it, tokens))),
        methods(config));
  }

  private static List<String> methods(SshConfig config) {
    List<String> wanted =
        config
            .text(SshKeywords.PREFERRED)
            .map(it -> Arrays.stream(it.split(",")).map(String::strip).toList())
            .orElse(METHODS);
    List<String> methods = new ArrayList<>(wanted);
    methods.retainAll(METHODS);
    if (!config.yes(SshKeywords.PUBLIC_KEY, true)) {
      methods.remove("publickey");
    }
    if (!config.yes(SshKeywords.INTERACTIVE, true)) {
      methods.remove("keyboard-interactive");
    }
    if (!config.yes(SshKeywords.PASSWORD, true)) {
      methods.remove("password");
    }
    if (methods.isEmpty()) {
      throw new XSpecException("the SSH options leave no method of authentication of " + METHODS);
    }
    return List.copyOf(methods);
  }

  private HostKeyRules hostKeys(
      SshConfig config, String host, int port, Map<String, String> tokens) {
    Policy policy =
        switch (config.text(SshKeywords.STRICT).orElse("ask").toLowerCase(Locale.ROOT)) {
          case "yes", "true", "ask" -> Policy.REFUSE_UNKNOWN;
          case "accept-new" -> Policy.ACCEPT_NEW;
          case "no", "off", "false" -> Policy.ACCEPT_ALL;
          default -> throw config.wrong(SshKeywords.STRICT, "yes, ask, accept-new or no");
        };
    Optional<String> alias = config.text(SshKeywords.HOST_KEY_ALIAS);
    return new HostKeyRules(
        policy,
        alias.orElse(host).toLowerCase(Locale.ROOT),
        alias.isPresent() ? 22 : port,
        config
            .words(SshKeywords.USER_KNOWN_HOSTS)
            .map(it -> paths(it, tokens))
            .orElse(
                List.of(
                    settings.folder().resolve("known_hosts"),
                    settings.folder().resolve("known_hosts2"))),
        config
            .words(SshKeywords.GLOBAL_KNOWN_HOSTS)
            .map(it -> paths(it, tokens))
            .orElse(settings.systemKnownHosts()));
  }

  private List<Path> paths(List<String> words, Map<String, String> tokens) {
    return words.stream()
        .filter(it -> !it.equals("none"))
        .map(it -> settings.path(expand(it, tokens)))
        .toList();
  }

  private Duration aliveInterval(SshConfig config) {
    return config.text(SshKeywords.SERVER_ALIVE_INTERVAL).isPresent()
        ? Duration.ofSeconds(
            config.number(SshKeywords.SERVER_ALIVE_INTERVAL, 0, 1_000_000).orElse(0))
        : keepAlive.dividedBy(3);
  }

  private static Optional<Duration> connectTimeout(SshConfig config) {
    if (config.text(SshKeywords.CONNECT_TIMEOUT).filter(it -> !it.equals("none")).isEmpty()) {
      return Optional.empty();
    }
    int seconds = config.number(SshKeywords.CONNECT_TIMEOUT, 0, 1_000_000).orElse(0);
    return seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
  }

  private static SshTarget.Family family(SshConfig config) {
    return switch (config.text(SshKeywords.ADDRESS_FAMILY).orElse("any")) {
      case "any" -> SshTarget.Family.ANY;
      case "inet" -> SshTarget.Family.INET;
      case "inet6" -> SshTarget.Family.INET6;
      default -> throw config.wrong(SshKeywords.ADDRESS_FAMILY, "any, inet or inet6");
    };
  }

  private Optional<SshTarget> via(String alias, SshConfig config, int depth) {
    Optional<String> jump =
        config.text(SshKeywords.PROXY_JUMP).filter(it -> !it.equalsIgnoreCase("none"));
    if (jump.isEmpty()
        && !config.text(SshKeywords.PROXY_COMMAND).orElse("none").equalsIgnoreCase("none")) {
      throw config.wrong(SshKeywords.PROXY_COMMAND, "none here: use ProxyJump for " + alias);
    }
    return jump.map(it -> it.replace(" ", ""))
        // "Host *" with a ProxyJump holds for the jump host too
        .filter(it -> !JumpHost.last(it).host().equals(alias))
        .map(it -> jump(it, depth + 1));
  }

  /** As OpenSSH does, the command line's options are not for the jump hosts. */
  private SshTarget jump(String list, int depth) {
    JumpHost last = JumpHost.last(list);
    SshConfig config = new SshConfig();
    String where = "in ProxyJump " + list;
    last.user().ifPresent(it -> config.add(SshKeywords.USER, List.of(it), where));
    last.port().ifPresent(it -> config.add(SshKeywords.PORT, List.of(it), where));
    last.before().ifPresent(it -> config.add(SshKeywords.PROXY_JUMP, List.of(it), where));
    return resolve(last.host(), config, depth);
  }

  private static String expand(String text, Map<String, String> tokens) {
    StringBuilder expanded = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%' && i + 1 < text.length()) {
        i++;
        String value = tokens.get(text.substring(i, i + 1));
        if (value == null) {
          throw new XSpecException("unknown %" + text.charAt(i) + " in the SSH option " + text);
        }
        expanded.append(value);
      } else {
        expanded.append(c);
      }
    }
    return expanded.toString();
  }
}
