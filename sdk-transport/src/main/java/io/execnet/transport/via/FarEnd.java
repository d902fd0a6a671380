package io.execnet.transport.via;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.ExitStatus;
import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.transport.Deadline;
import io.execnet.transport.TransportOptions;
import io.execnet.transport.bootstrap.WorkerStreams;
import io.execnet.transport.shell.InterpreterCommand;
import io.execnet.transport.socket.SocketAddresses;
import io.execnet.transport.socket.SocketAddresses.HostAndPort;
import io.execnet.transport.socket.SocketTransport;
import io.execnet.transport.ssh.OpenSshCommand;
import java.net.SocketAddress;
import java.util.ArrayList;
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

  /** What a spec names. */
  static FarEnd of(XSpec spec, TransportOptions options, Deadline deadline) {
    return switch (spec.way()) {
      case "popen" -> interpreter(spec);
      case "ssh" -> openSsh(OpenSshCommand.of(spec, options.keepAlive()), spec);
      case "vagrant_ssh" -> process(InterpreterCommand.vagrant(spec), spec, true, null);
      case "socket" -> server(SocketAddresses.of(spec), options, deadline);
      default ->
          throw new XSpecException("not supported yet: " + spec.way() + " (in '" + spec + "')");
    };
  }

  /** An interpreter on the hop that reads one line and executes it, with standard error apart. */
  static FarEnd interpreter(XSpec spec) {
    return process(popen(spec), spec, false, null);
  }

  /** The hop's own interpreter, which null stands for, if the spec names none. */
  private static List<@Nullable String> popen(XSpec spec) {
    List<@Nullable String> command = new ArrayList<>();
    InterpreterCommand.named(spec).ifPresentOrElse(command::addAll, () -> command.add(null));
    command.addAll(InterpreterCommand.arguments(spec));
    return command;
  }

  private static FarEnd openSsh(OpenSshCommand command, XSpec spec) {
    return process(command.words(), spec, true, command.address());
  }

  private static FarEnd process(
      List<? extends @Nullable String> command,
      XSpec spec,
      boolean overSsh,
      @Nullable SocketAddress address) {
    Map<String, @Nullable Object> how = new HashMap<>();
    how.put("command", command);
    how.put("env", overSsh ? Map.of() : spec.env());
    how.put("address", null);
    WorkerStreams streams = new WorkerStreams(null, List.of(1), WorkerStreams.markedAnswer());
    String shown =
        overSsh
            ? spec.way() + "=" + spec.get(spec.way()).orElse("")
            : spec.python()
                .orElse("the interpreter of " + spec.via().or(spec::installvia).orElseThrow());
    return new FarEnd(how, shown, streams, overSsh, address);
  }

  /** A connection to a server that the hop can reach. */
  static FarEnd server(HostAndPort target, TransportOptions options, Deadline deadline) {
    Map<String, @Nullable Object> how = new HashMap<>();
    how.put("address", List.of(target.host(), target.port()));
    how.put("timeout", deadline.left().toMillis() / 1000.0);
    how.put("silence", options.keepAlive().toSeconds());
    return new FarEnd(how, "the socket server " + target, SocketTransport.STREAMS, false, null);
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
