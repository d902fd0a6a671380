package io.execnet.transport.socket;

import io.execnet.core.spec.XSpec;
import io.execnet.transport.Deadline;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * The services, which {@code socketservice=} has started, of a host and a user: of this one, or of
 * the worker of a gateway, which gives them as {@code services()}.
 */
public final class SocketServices {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /**
   * A service that runs.
   *
   * @param port where it listens, on 127.0.0.1 of that host
   * @param started when, in ISO 8601
   * @param python its interpreter
   */
  public record Service(int port, long pid, String started, String python) {}

  private final ServiceControl control;

  /** Asks the default interpreter of this host to do the work. */
  public SocketServices() {
    this(XSpec.parse("popen"));
  }

  /** Asks the interpreter of this host that the spec's {@code python=} names. */
  public SocketServices(XSpec interpreter) {
    this(new LocalServiceControl(interpreter));
  }

  /** Has this do the work, wherever it does it. */
  public SocketServices(ServiceControl control) {
    this.control = control;
  }

  /** Lists them by port, at each subscription. */
  public Mono<List<Service>> list() {
    return Mono.defer(() -> control.run(Deadline.in(TIMEOUT), "list"))
        .map(lines -> lines.stream().map(SocketServices::parse).toList());
  }

  /**
   * Ends the service of a port, and with it every gateway to it.
   *
   * @return whether there was one; it is gone then
   */
  public Mono<Boolean> stop(int port) {
    return Mono.defer(() -> control.run(Deadline.in(TIMEOUT), "stop", Integer.toString(port)))
        .map(lines -> lines.get(0).equals("stopped"));
  }

  private static Service parse(String line) {
    String[] parts = line.split("\t", 4);
    return new Service(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), parts[2], parts[3]);
  }
}
