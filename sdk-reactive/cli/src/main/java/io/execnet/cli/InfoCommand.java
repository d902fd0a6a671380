package io.execnet.cli;

import io.execnet.cli.GatewayOptions.Target;
import io.execnet.reactive.Gateway;
import io.execnet.reactive.RInfo;
import io.execnet.reactive.RemoteStatus;
import java.util.List;
import picocli.CommandLine.Command;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JsonGenerator;

/** {@code execnet info}. */
@Command(
    name = "info",
    sortOptions = false,
    header = "Show which interpreter each gateway has reached.",
    customSynopsis = "execnet info --tx SPEC [--tx SPEC]...",
    description = {"", "Opens the gateways, and prints one line of JSON for each.", ""},
    footer = {
      "",
      "Example:",
      "    execnet info --tx popen --tx popen//python=python3.12",
      "",
      "Exit status: 0 all well; 2 wrong usage, nothing was started; 3 a gateway could not be"
          + " opened; 130 after Ctrl-C."
    })
final class InfoCommand extends GatewayCommand {

  InfoCommand(Console console) {
    super(console);
  }

  private record Info(Target target, RInfo rinfo, RemoteStatus status) {}

  @Override
  public Integer call() throws InterruptedException {
    List<Target> targets = gateways.targets();
    return inSession(session -> print(targets, session.open(targets, null)));
  }

  private int print(List<Target> targets, List<Gateway> open) {
    JsonLines lines = new JsonLines(console);
    Flux.range(0, open.size())
        .flatMapSequential(i -> info(targets.get(i), open.get(i)), open.size())
        .toIterable()
        .forEach(info -> lines.add(json -> write(json, info)));
    lines.flush();
    return ExitCode.OK;
  }

  /** The status last, when the channel that asks for the rest is gone. */
  private static Mono<Info> info(Target target, Gateway gateway) {
    return gateway
        .rinfo()
        .flatMap(rinfo -> gateway.remoteStatus().map(status -> new Info(target, rinfo, status)));
  }

  private static void write(JsonGenerator json, Info info) {
    json.writeStartObject();
    json.writeStringProperty("gateway", info.target().id());
    json.writeStringProperty("spec", info.target().text());
    json.writeStringProperty("executable", info.rinfo().executable());
    json.writeName("version_info");
    ValueWriter.write(json, info.rinfo().versionInfo());
    json.writeStringProperty("platform", info.rinfo().platform());
    json.writeStringProperty("cwd", info.rinfo().cwd());
    json.writeNumberProperty("pid", info.rinfo().pid());
    json.writeNumberProperty("numchannels", info.status().numchannels());
    json.writeNumberProperty("numexecuting", info.status().numexecuting());
    json.writeStringProperty("execmodel", info.status().execmodel());
    json.writeEndObject();
  }
}
