package io.execnet.core.spec;

import io.execnet.core.XSpecException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to start and where: {@code popen//python=python3.12//env:A=1}.
 *
 * <p>A spec is parts joined by {@code //}, each {@code key=value} or a bare {@code key}, which is
 * true. Values of known keys are checked when it is parsed; unknown keys are kept as they are. A
 * spec that names no {@link #way() way to start} an interpreter can be parsed, but not started.
 *
 * <p>Immutable. Two specs are equal where their strings are.
 */
public final class XSpec {

  private final String text;

  /** The keys in the order of the text; null for a key without a value. */
  private final Map<String, @Nullable String> values;

  private final Map<String, String> env;

  private XSpec(String text, Map<String, @Nullable String> values, Map<String, String> env) {
    this.text = text;
    this.values = Collections.unmodifiableMap(values);
    this.env = Collections.unmodifiableMap(env);
  }

  /**
   * Reads one spec.
   *
   * @throws XSpecException quoting what is wrong with it
   */
  public static XSpec parse(String text) {
    Map<String, @Nullable String> values = SpecParser.parse(text);
    Map<String, String> env = new LinkedHashMap<>();
    values.forEach(
        (key, value) -> {
          if (value != null && key.startsWith(SpecKeys.ENV_PREFIX)) {
            env.put(key.substring(SpecKeys.ENV_PREFIX.length()), value);
          }
        });
    return new XSpec(text, values, env);
  }

  /**
   * Reads one element of a list of specs, where {@code N*spec} stands for N copies.
   *
   * @throws XSpecException if N is no number of 1 or more, is too large, or the copies would share
   *     an id
   */
  public static List<XSpec> expand(String text) {
    return SpecList.expand(text);
  }

  /**
   * Reads a list of specs, each of which may be {@code N*spec}.
   *
   * @throws XSpecException if one of them is wrong, or two have the same id
   */
  public static List<XSpec> parseList(List<String> specs) {
    List<XSpec> parsed = new ArrayList<>();
    specs.forEach(text -> parsed.addAll(expand(text)));
    SpecList.requireDistinctIds(parsed);
    return List.copyOf(parsed);
  }

  /** Every key, {@code env:NAME} ones too, in the order of the text. */
  public Set<String> keys() {
    return values.keySet();
  }

  /** The key's value; empty where the key is absent, and where it stands without a value. */
  public Optional<String> get(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /** Whether the key is there, with a value or without. */
  public boolean has(String key) {
    return values.containsKey(key);
  }

  /** The {@code env:NAME=value} parts as a map from name to value, in the order of the text. */
  public Map<String, String> env() {
    return env;
  }

  /**
   * The key that says how the interpreter is reached: {@code popen}, {@code ssh}, {@code
   * vagrant_ssh}, {@code socket} or {@code socketservice}. With {@code via} it is another gateway
   * that reaches it so.
   *
   * @throws XSpecException if the spec has none of them
   */
  public String way() {
    return SpecKeys.WAYS.stream()
        .filter(this::has)
        .findFirst()
        .orElseThrow(
            () ->
                new XSpecException(
                    "'" + text + "' does not say what to start: add one of " + SpecKeys.WAYS));
  }

  /** Whether a subprocess is to be started: {@code popen}. */
  public boolean popen() {
    return has("popen");
  }

  /** The interpreter's command line, in the words of a POSIX shell: {@code python=}. */
  public Optional<String> python() {
    return get("python");
  }

  /** The worker's directory, made if it is not there: {@code chdir=}. */
  public Optional<String> chdir() {
    return get("chdir");
  }

  /** The worker's niceness: {@code nice=}. */
  public OptionalInt nice() {
    return get("nice").map(Integer::parseInt).map(OptionalInt::of).orElseGet(OptionalInt::empty);
  }

  /**
   * How the worker runs code, one of {@code thread}, {@code main_thread_only}, {@code eventlet},
   * {@code gevent}: {@code execmodel=}.
   */
  public Optional<String> execmodel() {
    return get("execmodel");
  }

  /** The gateway's id within its group: {@code id=}. */
  public Optional<String> id() {
    return get("id");
  }

  /** The id of the gateway that the interpreter is reached through: {@code via=}. */
  public Optional<String> via() {
    return get("via");
  }

  /** Whether the worker must leave no {@code .pyc} files: {@code dont_write_bytecode}. */
  public boolean dontWriteBytecode() {
    return has("dont_write_bytecode");
  }

  /** OpenSSH options and the host: {@code ssh=}. */
  public Optional<String> ssh() {
    return get("ssh");
  }

  /** The OpenSSH configuration file: {@code ssh_config=}. */
  public Optional<String> sshConfig() {
    return get("ssh_config");
  }

  /** The Vagrant machine: {@code vagrant_ssh=}. */
  public Optional<String> vagrantSsh() {
    return get("vagrant_ssh");
  }

  /**
   * The address of a socket server, {@code host:port}: {@code socket=}. Empty where {@code
   * installvia} starts the server.
   */
  public Optional<String> socket() {
    return get("socket");
  }

  /** The id of the gateway whose worker is to start the socket server: {@code installvia=}. */
  public Optional<String> installvia() {
    return get("installvia");
  }

  /** The port of a service on this host, or on the one of {@code via}: {@code socketservice=}. */
  public Optional<String> socketService() {
    return get("socketservice");
  }

  /** Whether the worker imports its program where it is installed: {@code bootstrap=import}. */
  public boolean bootstrapImport() {
    return has("bootstrap");
  }

  /** Whether a subprocess talks over its stdin and stdout in any case: {@code io=pipe}. */
  public boolean pipeIo() {
    return has("io");
  }

  /**
   * This spec with that id, in the place of the one that it has or at its end.
   *
   * @throws XSpecException if a spec can't hold the id
   */
  public XSpec withId(String id) {
    Map<String, @Nullable String> changed = new LinkedHashMap<>(values);
    changed.put("id", id);
    StringBuilder joined = new StringBuilder();
    changed.forEach(
        (key, value) -> {
          joined.append(joined.isEmpty() ? "" : "//").append(key);
          if (value != null) {
            joined.append('=').append(value);
          }
        });
    XSpec spec = parse(joined.toString());
    if (!spec.values.equals(changed)) {
      throw new XSpecException("a spec can't hold the id '" + id + "'");
    }
    return spec;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof XSpec spec && spec.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The text that it was parsed from. */
  @Override
  public String toString() {
    return text;
  }
}
