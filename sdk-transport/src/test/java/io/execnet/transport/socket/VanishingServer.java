package io.execnet.transport.socket;

import io.execnet.testing.Command;
import io.execnet.testing.Prerequisites;
import java.time.Duration;
import java.util.List;

/** A socket server on a host that can vanish without a word, in a network of its own. */
public final class VanishingServer implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final long pid = ProcessHandle.current().pid();
  private final String name = "exn" + pid % 100_000;

  private final String here = address(1);
  private final String there = address(2);
  private final ServerUnderTest server;

  private VanishingServer() {
    boolean made = ip("netns add " + name);
    Prerequisites.require(made, "to be root, with iproute2 and network namespaces");
    ip("link add " + name + "a type veth peer name " + name + "b netns " + name);
    ip("addr add " + here + "/30 dev " + name + "a");
    ip("link set " + name + "a up");
    ip("-n " + name + " addr add " + there + "/30 dev " + name + "b");
    ip("-n " + name + " link set " + name + "b up");
    server =
        ServerUnderTest.start(
            ServerUnderTest.newFolder(),
            List.of("ip", "netns", "exec", name),
            there + ":0",
            "--keep-alive",
            "2");
  }

  /** Starts one; it expects an answer from its clients every two seconds. */
  public static VanishingServer start() {
    return new VanishingServer();
  }

  /** One of the addresses of a network that no other JVM has. */
  private String address(int host) {
    return "10.231." + pid / 64 % 256 + "." + (pid % 64 * 4 + host);
  }

  private static boolean ip(String arguments) {
    return Command.run(PATIENCE, ("ip " + arguments).split(" ")).status() == 0;
  }

  /** What it would answer goes nowhere from now on. */
  public void vanish() {
    if (!ip("-n " + name + " route add blackhole " + here + "/32")) {
      throw new IllegalStateException("the host did not vanish");
    }
  }

  ServerUnderTest server() {
    return server;
  }

  /** What a spec has to say to be served. */
  public String spec() {
    return server.spec();
  }

  @Override
  public void close() {
    server.close();
    ip("link del " + name + "a");
    ip("netns del " + name);
  }
}
