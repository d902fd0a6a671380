package io.execnet.transport.socket;

import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;

/** {@code host:port}, {@code [v6]:port}, and a bare {@code v6:port} where that is unambiguous. */
public final class SocketAddresses {

  /** The groups of an IPv6 address that leaves none out. */
  private static final int GROUPS = 8;

  /**
   * Where a server listens.
   *
   * @param host a name or an address, without brackets
   */
  public record HostAndPort(String host, int port) {

    /** As people write it. */
    @Override
    public String toString() {
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }

  private SocketAddresses() {}

  /** The {@code socket=} of a spec; an {@link XSpecException} where it says none. */
  public static HostAndPort of(XSpec spec) {
    return parse(spec.socket().orElse(""), "socket=" + spec.socket().orElse(""), spec.toString());
  }

  /** Reads an address that is no part of a spec. */
  public static HostAndPort parse(String text) {
    return parse(text, text, text);
  }

  private static HostAndPort parse(String text, String part, String whole) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw wrong(part, whole, "the port is missing, host:port");
    }
    String host = text.substring(0, colon);
    int port = port(text.substring(colon + 1), part, whole);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
      if (host.indexOf(':') < 0) {
        throw wrong(part, whole, "between brackets stands an IPv6 address, [::1]:8888");
      }
    } else if (host.indexOf('[') >= 0 || host.indexOf(']') >= 0) {
      throw wrong(part, whole, "an IPv6 address is written [::1]:8888");
    } else if (host.indexOf(':') >= 0 && host.split(":", -1).length != GROUPS) {
      // the last group could be the port, or there could be none
      throw wrong(part, whole, "write an IPv6 address in brackets, [::1]:8888");
    }
    if (host.isBlank()) {
      throw wrong(part, whole, "the host is missing, host:port");
    }
    return new HostAndPort(host, port);
  }

  static int port(String text, String part, String whole) {
    try {
      int port = Integer.parseInt(text);
      if (port > 0 && port <= 65535 && !text.startsWith("+")) {
        return port;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw wrong(part, whole, "the port is a number from 1 to 65535");
  }

  private static XSpecException wrong(String part, String whole, String why) {
    String where = part.equals(whole) ? "'" + part + "'" : "'" + part + "' in '" + whole + "'";
    return new XSpecException(where + ": " + why);
  }
}
