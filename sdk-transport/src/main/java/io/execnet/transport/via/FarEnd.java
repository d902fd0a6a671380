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
import io.execnet.transport.ssh.OpenSshProcess;
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
 * @param ssh that client's command, if it is OpenSSH's own
 */
record FarEnd(
    Map<String, @Nullable Object> how,
    String shown,
    WorkerStreams streams,
    boolean overSsh,
    @Nullable OpenSshCommand ssh) {

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
    return process(command.words(), spec, true, command);
  }

  /** A command whose output is of no interest. */
  static FarEnd command(List<String> command) {
    WorkerStreams none = new WorkerStreams(null, List.of(), "");
    return new FarEnd(how(command, Map.of()), command.get(0), none, false, null);
  }

  private static FarEnd process(
      List<? extends @Nullable String> command,
      XSpec spec,
      boolean overSsh,
      @Nullable OpenSshCommand ssh) {
    // ssh's two streams share a window, which none may fill
    List<Integer> framed = overSsh ? List.of(1, 2) : List.of(1);
    WorkerStreams streams = new WorkerStreams(null, framed, WorkerStreams.markedAnswer());
    String shown =
        overSsh
            ? spec.way() + "=" + spec.get(spec.way()).orElse("")
            : spec.python()
                .orElse("the interpreter of " + spec.via().or(spec::installvia).orElseThrow());
    Map<String, String> env = overSsh ? Map.of() : spec.env();
    return new FarEnd(how(command, env), shown, streams, overSsh, ssh);
  }

  private static Map<String, @Nullable Object> how(
      List<? extends @Nullable String> command, Map<String, String> env) {
    Map<String, @Nullable Object> how = new HashMap<>();
    how.put("command", command);
    how.put("env", env);
    how.put("address", null);
    return how;
  }

  /** A connection to a server that the hop can reach. */
  static FarEnd server(HostAndPort target, TransportOptions options, Deadline deadline) {
    Map<String, @Nullable Object> how = new HashMap<>();
    how.put("address", List.of(target.host(), target.port()));
    how.put("timeout", deadline.left().toMillis() / 1000.0);
    how.put("silence", options.keepAlive().toSeconds());
    return new FarEnd(how, "the socket server " + target, SocketTransport.STREAMS, false, null);
  }

  /** Where it leads, if that is known before. */
  @Nullable SocketAddress address() {
    return ssh == null ? null : ssh.address();
  }

  /** The error by its right name, where an ssh client failed rather than what it runs. */
  BootstrapException explain(BootstrapException error, String where, Optional<ExitStatus> exit) {
    if (!overSsh || exit.isEmpty() || exit.get().code() != OpenSshProcess.SSH_FAILED) {
      return error;
    }
    String said = error.standardError();
    if (said.contains("Host key verification failed")) {
      return failed(Reason.HOST_KEY_REFUSED, where + " has no host key to be trusted", error);
    }
    return said.contains("Permission denied")
        ? failed(Reason.AUTHENTICATION_REFUSED, where + " refuses our keys", error)
        : failed(Reason.HOST_NOT_FOUND, where + " could not be reached", error);
  }

  private static BootstrapException failed(Reason reason, String why, BootstrapException error) {
    return new BootstrapException(reason, why, error.standardError(), error);
  }
}
