package io.execnet.cli;

import io.execnet.core.BootstrapException;
import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import io.execnet.core.worker.ServerProgram;
import io.execnet.transport.socket.SocketServer;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code execnet socketserver}. */
@Command(
    name = "socketserver",
    sortOptions = false,
    header = "Serve gateways over a socket, from this machine.",
    description = {
      "",
      "Runs a Python program that starts a worker for each client that knows its token, in a process"
          + " of its own, and ends with this command. It prints the address it listens on. The"
          + " program needs nothing but Python; to run it elsewhere:",
      "    execnet socketserver --print > server.py",
      "    python3 server.py --help",
      "Clients have the token in a file too:",
      "    execnet exec --tx socket=HOST:PORT//token_file=FILE -c ...",
      ""
    })
final class SocketServerCommand extends StandardCommand {

  private final Console console;

  @Parameters(
      arity = "0..1",
      paramLabel = "[HOST:]PORT",
      description = "Where to listen; 127.0.0.1:8888 unless given. Port 0 is a free one.")
  private @Nullable String address;

  @Option(names = "--once", description = "End after the first authenticated connection.")
  private boolean once;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "The token; ~/.execnet/token unless given, which is made where it is missing.")
  private @Nullable String tokenFile;

  @Option(names = "--no-token", description = "Serve whoever connects, stock execnet too.")
  private boolean noToken;

  @Option(
      names = "--auth-timeout",
      paramLabel = "SECONDS",
      description = "How long a client may take to authenticate; 10 unless given.")
  private @Nullable String authTimeout;

  @Option(
      names = "--keep-alive",
      paramLabel = "SECONDS",
      description = "A client that is silent for so long, when asked, is gone; 120 unless given.")
  private @Nullable String keepAlive;

  @Option(names = "--in-process", description = "Threads of one process instead of processes.")
  private boolean inProcess;

  @Option(names = "--max-connections", paramLabel = "N", description = "Serve at most so many.")
  private @Nullable String maxConnections;

  @Option(names = "--tls-cert", paramLabel = "FILE", description = "A certificate, for TLS.")
  private @Nullable String tlsCert;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key.")
  private @Nullable String tlsKey;

  @Option(
      names = "--tls-client-ca",
      paramLabel = "FILE",
      description = "Clients need a certificate of this authority.")
  private @Nullable String tlsClientCa;

  @Option(names = "--python", paramLabel = "CMD", description = "The interpreter to run it with.")
  private @Nullable String python;

  @Option(names = "--print", description = "Print the program instead of running it.")
  private boolean print;

  SocketServerCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    PrintWriter out = out();
    if (print) {
      out.print(ServerProgram.source());
      out.flush();
      return ExitCode.OK;
    }
    return serve(out);
  }

  private int serve(PrintWriter out) {
    Diagnostics diagnostics = console.diagnostics();
    AtomicBoolean usage = new AtomicBoolean();
    try (SocketServer server =
        Objects.requireNonNull(
            SocketServer.start(
                    interpreter(),
                    arguments(),
                    line -> {
                      usage.compareAndSet(false, line.startsWith("usage: "));
                      diagnostics.say(line);
                    })
                .block())) {
      out.println(server.address());
      out.flush();
      int status = Objects.requireNonNull(server.ended().block());
      return status == ExitCode.OK || status == ExitCode.INTERRUPTED ? status : ExitCode.FAILED;
    } catch (BootstrapException e) {
      diagnostics.failure(e);
      return usage.get() ? ExitCode.USAGE : ExitCode.FAILED;
    }
  }

  private XSpec interpreter() {
    try {
      return XSpec.parse(python == null ? "popen" : "popen//python=" + python);
    } catch (XSpecException e) {
      throw new ParameterException(command.commandLine(), "--python: " + e.getMessage(), e);
    }
  }

  private List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    if (address != null) {
      arguments.add(address);
    }
    flag(arguments, "--once", once);
    flag(arguments, "--no-token", noToken);
    flag(arguments, "--in-process", inProcess);
    value(arguments, "--token-file", tokenFile);
    value(arguments, "--auth-timeout", authTimeout);
    value(arguments, "--keep-alive", keepAlive);
    value(arguments, "--max-connections", maxConnections);
    value(arguments, "--tls-cert", tlsCert);
    value(arguments, "--tls-key", tlsKey);
    value(arguments, "--tls-client-ca", tlsClientCa);
    return arguments;
  }

  private static void flag(List<String> arguments, String name, boolean on) {
    if (on) {
      arguments.add(name);
    }
  }

  private static void value(List<String> arguments, String name, @Nullable String value) {
    if (value != null) {
      arguments.add(name + "=" + value);
    }
  }
}
