package io.execnet.cli;

import io.execnet.cli.GatewayOptions.Target;
import io.execnet.core.BootstrapException;
import io.execnet.reactive.Gateway;
import io.execnet.transport.socket.SocketServices;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** {@code execnet services}. */
@Command(
    name = "services",
    sortOptions = false,
    header = "List services, or stop one, of this machine or of others.",
    customSynopsis = "execnet services [--tx SPEC]... [--stop PORT]",
    description = {
      "",
      "A service is what socketservice=PORT starts and leaves running: an interpreter that keeps"
          + " state. Each is one line: port, process id, when it was started, interpreter.",
      "",
      "With --tx it is those of the hosts, and users, where the gateways run, not of this machine,"
          + " and each line begins with the gateway's id.",
      ""
    },
    footer = {
      "",
      "Example:",
      "    execnet services --tx ssh=HOST --stop 8765",
      "",
      "Exit status: 0 all well; 1 there is no such service to stop; 2 wrong usage; 3 a gateway could"
          + " not be opened; 130 after Ctrl-C."
    })
final class ServicesCommand extends GatewayCommand {

  private static final int AT_A_TIME = 16;

  @Option(names = "--stop", paramLabel = "PORT", description = "Stop the service on this port.")
  private @Nullable Integer stop;

  ServicesCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws InterruptedException {
    Integer port = stop;
    if (port != null && (port < 1 || port > 65535)) {
      throw new ParameterException(
          command.commandLine(), "--stop must be a port, from 1 to 65535, not " + port);
    }
    List<Target> targets = gateways.targetsIfAny();
    return targets.isEmpty()
        ? listOrStop(Map.of("", new SocketServices()))
        : inSession(session -> listOrStop(services(session.open(targets, null))));
  }

  private static Map<String, SocketServices> services(List<Gateway> gateways) {
    Map<String, SocketServices> byId = new LinkedHashMap<>();
    gateways.forEach(gateway -> byId.put(gateway.id(), gateway.services()));
    return byId;
  }

  /** By the id of the gateway; "" stands for this machine. */
  private int listOrStop(Map<String, SocketServices> services) {
    Integer port = stop;
    try {
      return port == null ? list(services) : stop(services, port);
    } catch (BootstrapException e) {
      console.diagnostics().failure(e);
      return ExitCode.FAILED;
    }
  }

  private int list(Map<String, SocketServices> services) {
    PrintWriter out = out();
    try {
      Flux.fromIterable(services.entrySet())
          .flatMapSequential(
              each -> each.getValue().list().map(found -> Map.entry(each.getKey(), found)))
          .toIterable()
          .forEach(
              each -> each.getValue().forEach(found -> out.println(line(each.getKey(), found))));
    } finally {
      out.flush();
    }
    return ExitCode.OK;
  }

  private static String line(String id, SocketServices.Service service) {
    String line =
        String.join(
            "\t",
            String.valueOf(service.port()),
            String.valueOf(service.pid()),
            service.started(),
            service.python());
    return id.isEmpty() ? line : id + "\t" + line;
  }

  private int stop(Map<String, SocketServices> services, int port) {
    List<String> without =
        Flux.fromIterable(services.entrySet())
            // where one fails, the others are stopped nevertheless
            .flatMapSequentialDelayError(
                each ->
                    each.getValue()
                        .stop(port)
                        .flatMap(was -> was ? Mono.empty() : Mono.just(each.getKey())),
                AT_A_TIME,
                1)
            .collectList()
            .blockOptional()
            .orElseThrow();
    without.forEach(
        id ->
            console
                .diagnostics()
                .say("there is no service on port " + port + (id.isEmpty() ? "" : " of " + id)));
    return without.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
  }
}
