package io.execnet.transport.shell;

import io.execnet.core.XSpecException;
import java.net.InetSocketAddress;
import java.util.List;

/** Where the arguments of an OpenSSH client lead, as far as they themselves say. */
final class OpenSshArguments {

  private static final String WITH_A_VALUE = "BbcDEeFIiJLlmOoPpQRSWw";
  private static final int SSH_PORT = 22;

  private OpenSshArguments() {}

  /**
   * The host's name and port, unresolved.
   *
   * @throws XSpecException if there is no host
   */
  static InetSocketAddress address(List<String> words, String spec) {
    int port = SSH_PORT;
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (!word.startsWith("-")) {
        return InetSocketAddress.createUnresolved(word.substring(word.lastIndexOf('@') + 1), port);
      }
      if (word.length() > 1 && WITH_A_VALUE.indexOf(word.charAt(1)) >= 0) {
        boolean apart = word.length() == 2;
        String value = apart ? i + 1 < words.size() ? words.get(++i) : "" : word.substring(2);
        port = word.charAt(1) == 'p' ? port(value, spec) : port;
      }
    }
    throw new XSpecException("ssh= names no host (in '" + spec + "')");
  }

  private static int port(String text, String spec) {
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
