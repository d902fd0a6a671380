package io.execnet.transport.ssh;

import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.ssh.SshArguments.Setting;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The command of OpenSSH's own client, for a host that {@code ssh=} is to be reached from through
 * another gateway. It takes what {@link SshTransport} takes, and no more.
 *
 * @param words the command
 * @param address where it leads as far as the spec says, unresolved
 */
public record OpenSshCommand(List<String> words, InetSocketAddress address) {

  private static final int SSH_PORT = 22;

  /**
   * One that starts the interpreter there, whose process id and end {@link OpenSshProcess} finds;
   * it never asks anybody anything.
   */
  public static OpenSshCommand of(XSpec spec, Duration keepAlive) {
    SshArguments arguments = SshArguments.parse(spec.ssh().orElseThrow());
    List<String> words = new ArrayList<>(List.of("ssh", "-T", "-o", "BatchMode=yes"));
    spec.sshConfig().or(arguments::configFile).ifPresent(file -> words.addAll(List.of("-F", file)));
    for (Setting setting : arguments.settings()) {
      words.addAll(List.of("-o", option(setting, spec)));
    }
    if (!keepAlive.isZero() && !isSet(arguments, SshKeywords.SERVER_ALIVE_INTERVAL)) {
      // of the keep-alive time the last third is for the answer
      long seconds = Math.max(1, keepAlive.toSeconds() / 3);
      words.addAll(List.of("-o", "ServerAliveInterval=" + seconds));
      words.addAll(List.of("-o", "ServerAliveCountMax=2"));
    }
    words.addAll(List.of("--", arguments.host(), RemoteCommand.supervised(spec)));
    return new OpenSshCommand(words, address(arguments, spec));
  }

  /** One that kills a process there, on a connection of its own. */
  List<String> kill(long pid) {
    List<String> kill = new ArrayList<>(words);
    kill.set(kill.size() - 1, RemoteCommand.kill(pid));
    return kill;
  }

  private static boolean isSet(SshArguments arguments, String keyword) {
    return arguments.settings().stream().anyMatch(it -> it.keyword().equals(keyword));
  }

  private static String option(Setting setting, XSpec spec) {
    if (setting.keyword().equals(SshKeywords.PROXY_COMMAND)) {
      throw new XSpecException(
          "ssh= takes no -o ProxyCommand; name it in that host's ~/.ssh/config (in '"
              + spec
              + "')");
    }
    return setting.keyword()
        + "="
        + setting.words().stream().map(OpenSshCommand::quoted).collect(Collectors.joining(" "));
  }

  /** As OpenSSH's configuration wants a word that has a space in it. */
  private static String quoted(String word) {
    return word.contains(" ") ? '"' + word + '"' : word;
  }

  private static InetSocketAddress address(SshArguments arguments, XSpec spec) {
    int port = SSH_PORT;
    for (Setting setting : arguments.settings()) {
      if (setting.keyword().equals(SshKeywords.PORT)) {
        port = port(setting.words().get(0), spec);
        break; // the first counts
      }
    }
    return InetSocketAddress.createUnresolved(arguments.host(), port);
  }

  private static int port(String text, XSpec spec) {
    try {
      int port = Integer.parseInt(text);
      if (port > 0 && port < 65536) {
        return port;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new XSpecException("ssh=-p needs a port, not '" + text + "' (in '" + spec + "')");
  }
}
