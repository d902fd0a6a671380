package io.execnet.transport.ssh;

import java.util.Set;
import java.util.TreeSet;

/** The options of OpenSSH's client, in lower case. */
final class SshKeywords {

  static final String ADDRESS_FAMILY = "addressfamily";
  static final String COMPRESSION = "compression";
  static final String CONNECT_TIMEOUT = "connecttimeout";
  static final String GLOBAL_KNOWN_HOSTS = "globalknownhostsfile";
  static final String HOST_KEY_ALIAS = "hostkeyalias";
  static final String HOST_NAME = "hostname";
  static final String IDENTITIES_ONLY = "identitiesonly";
  static final String IDENTITY_AGENT = "identityagent";
  static final String IDENTITY_FILE = "identityfile";
  static final String INTERACTIVE = "kbdinteractiveauthentication";
  static final String PASSWORD = "passwordauthentication";
  static final String PORT = "port";
  static final String PREFERRED = "preferredauthentications";
  static final String PROXY_COMMAND = "proxycommand";
  static final String PROXY_JUMP = "proxyjump";
  static final String PUBLIC_KEY = "pubkeyauthentication";
  static final String SERVER_ALIVE_COUNT = "serveralivecountmax";
  static final String SERVER_ALIVE_INTERVAL = "serveraliveinterval";
  static final String STRICT = "stricthostkeychecking";
  static final String USER = "user";
  static final String USER_KNOWN_HOSTS = "userknownhostsfile";

  private static final Set<String> SUPPORTED =
      Set.of(
          ADDRESS_FAMILY,
          COMPRESSION,
          CONNECT_TIMEOUT,
          GLOBAL_KNOWN_HOSTS,
          HOST_KEY_ALIAS,
          HOST_NAME,
          IDENTITIES_ONLY,
          IDENTITY_AGENT,
          IDENTITY_FILE,
          INTERACTIVE,
          PASSWORD,
          PORT,
          PREFERRED,
          PROXY_COMMAND,
          PROXY_JUMP,
          PUBLIC_KEY,
          SERVER_ALIVE_COUNT,
          SERVER_ALIVE_INTERVAL,
          STRICT,
          USER,
          USER_KNOWN_HOSTS);

  /** What changes nothing for a worker, or is done here anyway. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "addkeystoagent",
          "batchmode",
          "checkhostip",
          "clearallforwardings",
          "controlmaster",
          "controlpath",
          "controlpersist",
          "escapechar",
          "exitonforwardfailure",
          "forwardagent",
          "forwardx11",
          "forwardx11trusted",
          "gssapiauthentication",
          "hashknownhosts",
          "hostbasedauthentication",
          "loglevel",
          "numberofpasswordprompts",
          "requesttty",
          "tcpkeepalive",
          "updatehostkeys",
          "visualhostkey");

  private SshKeywords() {}

  static boolean isSupported(String keyword) {
    return SUPPORTED.contains(keyword);
  }

  static boolean isWithoutEffect(String keyword) {
    return WITHOUT_EFFECT.contains(keyword);
  }

  /** For an error about another one. */
  static String supported() {
    return String.join(", ", new TreeSet<>(SUPPORTED));
  }
}
