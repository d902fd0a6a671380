package io.execnet.core.spec;

import io.execnet.core.XSpecException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the known keys of a spec may hold. */
final class SpecKeys {

  static final String ENV_PREFIX = "env:";

  /** The keys that say how the interpreter is reached. */
  static final List<String> WAYS =
      List.of("popen", "ssh", "vagrant_ssh", "socket", "socketservice");

  private static final Set<String> NEED_A_VALUE =
      Set.of(
          "ssh",
          "ssh_config",
          "vagrant_ssh",
          "socketservice",
          "installvia",
          "tls_ca",
          "tls_cert",
          "tls_key",
          "via",
          "python",
          "chdir",
          "nice",
          "id");

  private static final Map<String, List<String>> CHOICES =
      Map.of(
          "execmodel", List.of("thread", "main_thread_only", "eventlet", "gevent"),
          "bootstrap", List.of("import"),
          "io", List.of("pipe"));

  /** What only a connection to a socket server can use. */
  private static final List<String> OF_SOCKETS =
      List.of("token_file", "tls", "tls_ca", "tls_cert", "tls_key");

  private SpecKeys() {}

  /** Refuses what is wrong with one part by itself. */
  static void check(String part, String key, @Nullable String value, String spec) {
    if (key.equals("env") || key.equals(ENV_PREFIX)) {
      throw wrong(part, spec, "an environment variable is written env:NAME=value");
    }
    if (key.startsWith(ENV_PREFIX) && value == null) {
      throw wrong(part, spec, "an environment variable needs a value, env:NAME=value");
    }
    if (NEED_A_VALUE.contains(key) && (value == null || value.isEmpty())) {
      throw wrong(part, spec, "this key needs a value, " + key + "=…");
    }
    List<String> choices = CHOICES.get(key);
    if (choices != null && (value == null || !choices.contains(value))) {
      throw wrong(part, spec, key + " may be " + String.join(", ", choices));
    }
    if (key.equals("socket") && value != null && value.isEmpty()) {
      throw wrong(part, spec, "this key needs a value, socket=host:port");
    }
    if (key.equals("tls") && value != null) {
      throw wrong(part, spec, "tls has no value; tls_ca=, tls_cert= and tls_key= name files");
    }
    if (key.equals("token_file") && value != null && value.isEmpty()) {
      throw wrong(part, spec, "name a file, or leave the value out for ~/.execnet/token");
    }
    if (key.equals("nice")) {
      checkInt(part, String.valueOf(value), spec);
    }
  }

  /** Refuses parts that don't go together. */
  static void checkTogether(Map<String, @Nullable String> values, String spec) {
    List<String> ways = WAYS.stream().filter(values::containsKey).toList();
    if (ways.size() > 1) {
      throw new XSpecException(
          "'" + spec + "' says what to start more than once: keep one of " + ways);
    }
    if (values.containsKey("socket")
        && values.get("socket") == null
        && !values.containsKey("installvia")) {
      throw wrong("socket", spec, "this key needs a value, socket=host:port, or installvia=");
    }
    for (String key : OF_SOCKETS) {
      if (values.containsKey(key) && !values.containsKey("socket")) {
        throw wrong(key, spec, "only a socket server (socket=) takes this");
      }
    }
    if (values.containsKey("tls_cert") != values.containsKey("tls_key")) {
      throw wrong("tls_cert, tls_key", spec, "a certificate and its key go together");
    }
    if (values.containsKey("io") && !values.containsKey("popen")) {
      throw wrong("io=pipe", spec, "only a subprocess (popen) has pipes");
    }
  }

  static XSpecException wrong(String part, String spec, String why) {
    return new XSpecException("'" + part + "' in '" + spec + "': " + why);
  }

  private static void checkInt(String part, String value, String spec) {
    try {
      Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw wrong(part, spec, "nice is a whole number");
    }
  }
}
