package io.execnet.transport.socket;

import io.execnet.core.spec.XSpec;
import io.execnet.transport.Deadline;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/** The services of this host and this user, which {@code socketservice=} has started. */
public final class SocketServices {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /**
   * A service that runs.
   *
   * @param port where it listens, on 127.0.0.1
   * @param started when, in ISO 8601
   * @param python its interpreter
   */
  public record Service(int port, long pid, String started, String python) {}

  private final XSpec interpreter;

  /** Asks the default interpreter of this host to do the work. */
  public SocketServices() {
    this(XSpec.parse("popen"));
  }

  /** Asks the interpreter that the spec's {@code python=} names. */
  public SocketServices(XSpec interpreter) {
    this.interpreter = interpreter;
  }

  /** Lists them by port, at each subscription. */
  public Mono<List<Service>> list() {
    return Mono.defer(() -> ServiceControl.run(interpreter, Deadline.in(TIMEOUT), "list"))
        .map(lines -> lines.stream().skip(1).map(SocketServices::parse).toList());
  }

  /**
   * Ends the service of a port, and with it every gateway to it.
   *
   * @return whether there was one; it is gone then
   */
  public Mono<Boolean> stop(int port) {
    return Mono.defer(
            () ->
                ServiceControl.run(
                    interpreter, Deadline.in(TIMEOUT), "stop", Integer.toString(port)))
        .map(lines -> lines.get(0).endsWith("stopped"));
  }

  private static Service parse(String line) {
    String[] parts = line.split("\t", 4);
    return new Service(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), parts[2], parts[3]);
  }
}
