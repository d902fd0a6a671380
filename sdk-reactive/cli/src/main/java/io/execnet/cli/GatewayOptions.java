package io.execnet.cli;

import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where to run: {@code --tx}. */
final class GatewayOptions {

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec command;

  @Option(
      names = "--tx",
      order = -10,
      paramLabel = "SPEC",
      description = {
        "Where to run; may be given many times.",
        "  popen                      python3, on this machine",
        "  popen//python=python3.12   that interpreter",
        "  popen//chdir=DIR           in that directory",
        "  popen//env:NAME=VALUE      with that variable set",
        "  4*popen                    four of them",
        "The gateways get the ids gw0, gw1, ... in order; popen//id=NAME gives another."
      })
  private List<String> tx = List.of();

  /**
   * A gateway to be opened.
   *
   * @param id its id
   * @param text the spec as it was given
   * @param spec the spec with the id
   */
  record Target(String id, String text, XSpec spec) {}

  /**
   * The gateways that were asked for, each with its id.
   *
   * @throws ParameterException if there is none, or one of the specs is wrong
   */
  List<Target> targets() {
    if (tx.isEmpty()) {
      throw new ParameterException(command.commandLine(), "Missing required option: '--tx SPEC'");
    }
    return targetsIfAny();
  }

  /** The same for a command that can do without. */
  List<Target> targetsIfAny() {
    try {
      return targets(XSpec.parseList(tx));
    } catch (XSpecException e) {
      throw new ParameterException(command.commandLine(), "--tx: " + e.getMessage(), e);
    }
  }

  static List<Target> targets(List<XSpec> specs) {
    Set<String> taken = new HashSet<>();
    specs.forEach(spec -> spec.id().ifPresent(taken::add));
    List<Target> targets = new ArrayList<>();
    int next = 0;
    for (XSpec spec : specs) {
      spec.way(); // or an XSpecException now, before anything is started
      if (spec.id().isPresent()) {
        targets.add(new Target(spec.id().get(), spec.toString(), spec));
        continue;
      }
      while (taken.contains("gw" + next)) {
        next++;
      }
      String id = "gw" + next++;
      targets.add(new Target(id, spec.toString(), spec.withId(id)));
    }
    return targets;
  }
}
