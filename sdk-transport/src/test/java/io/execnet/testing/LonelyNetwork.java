package io.execnet.testing;

import java.time.Duration;
import java.util.List;

/** A network namespace that has a loopback and nothing else: only who is in it reaches who is. */
public final class LonelyNetwork implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String name = "exl" + ProcessHandle.current().pid() % 100_000;

  /** Makes it, or skips the test where that can't be done. */
  public LonelyNetwork() {
    boolean made = ip("netns add " + name);
    Prerequisites.require(made, "to be root, with iproute2 and network namespaces");
    ip("-n " + name + " link set lo up");
  }

  /** What runs the command behind it there. */
  public List<String> prefix() {
    return List.of("ip", "netns", "exec", name);
  }

  /** A spec of a gateway whose worker is there. */
  public String gateway() {
    return "popen//python=" + String.join(" ", prefix()) + " /usr/bin/python3";
  }

  private static boolean ip(String arguments) {
    return Command.run(PATIENCE, ("ip " + arguments).split(" ")).status() == 0;
  }

  @Override
  public void close() {
    ip("netns del " + name);
  }
}
