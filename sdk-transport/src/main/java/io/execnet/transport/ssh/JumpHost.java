package io.execnet.transport.ssh;

import io.execnet.core.XSpecException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The last host of a {@code ProxyJump} list.
 *
 * @param before the hosts that lead to it, nearest first
 */
record JumpHost(
    Optional<String> user, String host, Optional<String> port, Optional<String> before) {

  private static final Pattern HOST =
      Pattern.compile("(?:ssh://)?(?:([^@]+)@)?(?:\\[([^\\]]+)\\]|([^:@\\[\\]]+))(?::(\\d+))?/?");

  /** Reads {@code user@host:port,…}. */
  static JumpHost last(String list) {
    int comma = list.lastIndexOf(',');
    Matcher host = HOST.matcher(list.substring(comma + 1));
    if (!host.matches()) {
      throw new XSpecException("ProxyJump " + list + ": each host has to be [user@]host[:port]");
    }
    return new JumpHost(
        Optional.ofNullable(host.group(1)),
        host.group(2) == null ? host.group(3) : host.group(2),
        Optional.ofNullable(host.group(4)),
        comma < 0 ? Optional.empty() : Optional.of(list.substring(0, comma)));
  }
}
