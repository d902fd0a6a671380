package io.execnet.cli;

import io.execnet.core.BootstrapException;
import io.execnet.transport.socket.SocketServices;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code execnet services}. */
@Command(
    name = "services",
    sortOptions = false,
    header = "List the services of this machine, or stop one.",
    description = {
      "",
      "A service is what socketservice=PORT starts and leaves running: an interpreter that keeps"
          + " state. Each is one line: port, process id, when it was started, interpreter.",
      ""
    })
final class ServicesCommand implements Callable<Integer> {

  private final Console console;

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec command;

  @Mixin
  @SuppressWarnings("NullAway.Init") // by picocli
  private StandardOptions standard;

  @Option(names = "--stop", paramLabel = "PORT", description = "Stop the service on this port.")
  private @Nullable Integer stop;

  ServicesCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Integer port = stop;
    if (port != null && (port < 1 || port > 65535)) {
      throw new ParameterException(
          command.commandLine(), "--stop must be a port, from 1 to 65535, not " + port);
    }
    try {
      return port == null ? list() : stop(port);
    } catch (BootstrapException e) {
      console.diagnostics().failure(e);
      return ExitCode.FAILED;
    }
  }

  private int list() {
    List<SocketServices.Service> services = new SocketServices().list().block();
    PrintWriter out = command.commandLine().getOut();
    if (services != null) {
      services.forEach(
          each ->
              out.println(
                  String.join(
                      "\t",
                      String.valueOf(each.port()),
                      String.valueOf(each.pid()),
                      each.started(),
                      each.python())));
    }
    out.flush();
    return ExitCode.OK;
  }

  private int stop(int port) {
    if (Boolean.TRUE.equals(new SocketServices().stop(port).block())) {
      return ExitCode.OK;
    }
    console.diagnostics().say("there is no service on port " + port);
    return ExitCode.FAILED;
  }
}
