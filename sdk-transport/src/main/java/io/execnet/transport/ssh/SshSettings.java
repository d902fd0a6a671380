package io.execnet.transport.ssh;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the user and the machine say beside the spec.
 *
 * @param home the folder that {@code ~} stands for
 * @param user who logs in where nothing else is said
 * @param agentSocket {@code SSH_AUTH_SOCK}
 * @param systemConfig the configuration for all users, which may not be there
 * @param systemKnownHosts the known hosts for all users, which may not be there
 */
record SshSettings(
    Path home,
    String user,
    Optional<String> agentSocket,
    Path systemConfig,
    List<Path> systemKnownHosts) {

  static SshSettings ofThisProcess() {
    return new SshSettings(
        Path.of(System.getProperty("user.home", "/")),
        System.getProperty("user.name", ""),
        Optional.ofNullable(System.getenv("SSH_AUTH_SOCK")).filter(it -> !it.isEmpty()),
        Path.of("/etc/ssh/ssh_config"),
        List.of(Path.of("/etc/ssh/ssh_known_hosts"), Path.of("/etc/ssh/ssh_known_hosts2")));
  }

  /** A path as people write it: {@code ~} is the home folder. */
  Path path(String text) {
    if (text.equals("~")) {
      return home;
    }
    return text.startsWith("~/") ? home.resolve(text.substring(2)) : Path.of(text).toAbsolutePath();
  }

  Path folder() {
    return home.resolve(".ssh");
  }
}
