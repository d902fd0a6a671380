package io.execnet.transport.via;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.ExitStatus;
import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.bootstrap.WorkerStreams;
import io.execnet.transport.shell.InterpreterCommand;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a spec asks a hop to open.
 *
 * @param how the forwarder's arguments
 * @param shown what is opened, as people name it
 * @param streams what the worker has there
 * @param overSsh whether it is an ssh client that is started
 * @param address where that leads, if it is known before
 */
record FarEnd(
    Map<String, @Nullable Object> how,
    String shown,
    WorkerStreams streams,
    boolean overSsh,
    @Nullable SocketAddress address) {

  /** ssh's own failure, as opposed to that of the command it runs. */
  private static final int SSH_FAILED = 255;

  static FarEnd of(XSpec spec, TransportOptions options) {
    return switch (spec.way()) {
      case "popen" -> process(popen(spec), spec, false);
      case "ssh" -> process(InterpreterCommand.openSsh(spec), spec, true);
      case "vagrant_ssh" -> process(InterpreterCommand.vagrant(spec), spec, true);
      case "socket" -> server(spec, options);
      default ->
          throw new XSpecException("not supported yet: " + spec.way() + " (in '" + spec + "')");
    };
  }

  /** The hop's own interpreter, which null stands for, if the spec names none. */
  private static List<@Nullable String> popen(XSpec spec) {
    List<@Nullable String> command = new ArrayList<>();
    InterpreterCommand.named(spec).ifPresentOrElse(command::addAll, () -> command.add(null));
    command.addAll(InterpreterCommand.arguments(spec));
    return command;
  }

  private static FarEnd process(
      List<? extends @Nullable String> command, XSpec spec, boolean overSsh) {
    Map<String, @Nullable Object> how = new HashMap<>();
    how.put("command", command);
    how.put("env", overSsh ? Map.of() : spec.env());
    how.put("address", null);
    WorkerStreams streams = new WorkerStreams(null, List.of(1), WorkerStreams.markedAnswer());
    String shown =
        overSsh
            ? spec.way() + "=" + spec.get(spec.way()).orElse("")
            : spec.python().orElse("the interpreter of " + spec.via().orElseThrow());
    return new FarEnd(
        how,
        shown,
        streams,
        overSsh,
        overSsh && spec.ssh().isPresent() ? InterpreterCommand.openSshAddress(spec) : null);
  }

  private static FarEnd server(XSpec spec, TransportOptions options) {
    String address = spec.socket().orElseThrow();
    int colon = address.lastIndexOf(':');
    Map<String, @Nullable Object> how = new HashMap<>();
    how.put(
        "address",
        Arrays.asList(
            host(address.substring(0, Math.max(0, colon)), spec),
            port(address.substring(colon + 1), spec)));
    how.put("timeout", options.startTimeout().toMillis() / 1000.0);
    WorkerStreams streams = new WorkerStreams(null, List.of(1, 2), WorkerStreams.PLAIN_ANSWER);
    return new FarEnd(how, "socket=" + address, streams, false, null);
  }

  private static String host(String text, XSpec spec) {
    String host =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    if (host.isEmpty()) {
      throw new XSpecException("socket=host:port needs a host (in '" + spec + "')");
    }
    return host;
  }

  private static int port(String text, XSpec spec) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new XSpecException(
          "socket=host:port needs a port, not '" + text + "' (in '" + spec + "')");
    }
  }

  /** The error by its right name, where an ssh client failed rather than what it runs. */
  BootstrapException explain(BootstrapException error, Optional<ExitStatus> exit) {
    if (!overSsh || exit.isEmpty() || exit.get().code() != SSH_FAILED) {
      return error;
    }
    String said = error.standardError();
    Reason reason =
        said.contains("Host key verification failed")
            ? Reason.HOST_KEY_REFUSED
            : said.contains("Permission denied")
                ? Reason.AUTHENTICATION_REFUSED
                : Reason.HOST_NOT_FOUND;
    return new BootstrapException(reason, shown + " did not reach the host", said, error);
  }
}
