package io.execnet.reactive;

import io.execnet.testing.Interpreters;
import io.execnet.testing.StockExecnet;
import io.execnet.transport.socket.Certificates;
import io.execnet.transport.socket.ServerUnderTest;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/** The kinds of workers that are reached by other ways than as a process of ours. */
final class RemoteWorkers {

  private RemoteWorkers() {}

  /** Each of them. */
  static Stream<Worker> all() {
    return Stream.of(farther(), overSsh(), chains(), inServers(), inServices())
        .flatMap(workers -> workers);
  }

  /** Those whose processes are theirs alone, so that what is printed there is theirs. */
  static Stream<Worker> printing() {
    return Stream.of(farther(), overSsh(), chains(), inServers())
        .flatMap(workers -> workers)
        .filter(it -> !it.name().startsWith("stock") && !it.name().startsWith(IN_THREAD));
  }

  /** How the names of those begin that are threads of a server. */
  static final String IN_THREAD = "in a thread of ";

  /** Behind other gateways, whose specs have ids. */
  private static Stream<Worker> farther() {
    return Stream.of(
        through("through a hop", "popen//id=hop"),
        through("through two hops", "popen//id=near", "popen//via=near//id=hop"),
        new Worker(
            "through stock 2.1.2",
            RemoteWorkers::throughHop,
            () -> List.of("popen//bootstrap=import//id=hop//python=" + StockExecnet.newest())),
        new Worker(
            "through stock 1.9.0",
            RemoteWorkers::throughHop,
            () -> List.of("popen//bootstrap=import//id=hop//python=" + StockExecnet.debian())),
        new Worker(
            "stock 2.1.2 through a hop",
            () -> throughHop(StockExecnet.newest().toString()) + "//bootstrap=import",
            () -> List.of("popen//id=hop")));
  }

  /** On hosts that SSH leads to, or what does as it does. */
  private static Stream<Worker> overSsh() {
    return Stream.of(
        new Worker("over SSH", SharedSshServer::spec),
        new Worker(
            "main_thread_only over SSH",
            () -> SharedSshServer.spec() + "//execmodel=main_thread_only"),
        new Worker(
            "stock 2.1.2 over SSH",
            () -> SharedSshServer.spec() + "//bootstrap=import//python=" + StockExecnet.newest()),
        new Worker(
            "stock 1.9.0 over SSH",
            () -> SharedSshServer.spec() + "//bootstrap=import//python=" + StockExecnet.debian()),
        new Worker("in a Vagrant machine", FakeVagrant::spec));
  }

  /** Where SSH is one of several steps. */
  private static Stream<Worker> chains() {
    return Stream.of(
        new Worker(
            "through SSH",
            RemoteWorkers::throughHop,
            () -> List.of(SharedSshServer.spec() + "//id=hop")),
        new Worker(
            "over SSH from a hop",
            () -> SharedSshServer.spec() + "//via=hop",
            () -> List.of("popen//id=hop")),
        new Worker(
            "through SSH from a hop",
            RemoteWorkers::throughHop,
            () -> List.of("popen//id=near", SharedSshServer.spec() + "//via=near//id=hop")),
        new Worker(
            "stock 2.1.2 through SSH from a hop",
            () -> throughHop(StockExecnet.newest().toString()) + "//bootstrap=import",
            () -> List.of("popen//id=near", SharedSshServer.spec() + "//via=near//id=hop")));
  }

  /** In socket servers: ours in ours and in stock execnet's, and that in ours. */
  private static Stream<Worker> inServers() {
    return Stream.of(
        new Worker("over a socket", once(() -> ServerUnderTest.start().spec())),
        new Worker("over TLS", once(RemoteWorkers::overTls)),
        new Worker(
            IN_THREAD + "a server", once(() -> ServerUnderTest.start("--in-process").spec())),
        new Worker(
            "over a socket from a hop",
            once(() -> ServerUnderTest.start().spec() + "//via=hop"),
            () -> List.of("popen//id=hop")),
        new Worker(
            "over TLS from a hop",
            once(() -> overTls() + "//via=hop"),
            () -> List.of("popen//id=hop")),
        new Worker(
            "in a server that a hop starts",
            () -> "socket//installvia=hop",
            () -> List.of("popen//id=hop")),
        new Worker(
            "in a server that SSH starts and reaches",
            () -> "socket//installvia=hop//via=hop",
            () -> List.of(SharedSshServer.spec() + "//id=hop")),
        new Worker(
            IN_THREAD + "the server of stock 2.1.2",
            once(() -> ServerUnderTest.stock(StockExecnet.newest()).spec())),
        new Worker(
            IN_THREAD + "the server of stock 1.9.0",
            once(() -> ServerUnderTest.stock(StockExecnet.debian()).spec())),
        new Worker(
            "stock 2.1.2 in its own server",
            once(() -> ServerUnderTest.stock(StockExecnet.newest()).spec() + "//bootstrap=import")),
        new Worker(
            "stock 1.9.0 over a socket",
            once(
                () -> {
                  StockExecnet.debian(); // whose Python the server runs on
                  return ServerUnderTest.start().spec() + "//bootstrap=import";
                })));
  }

  /** In services, which many gateways share. */
  private static Stream<Worker> inServices() {
    return Stream.of(
        new Worker("in a service", SharedService::spec),
        new Worker(
            "in a service of a hop",
            () -> SharedService.spec() + "//via=hop",
            () -> List.of("popen//id=hop")));
  }

  /** One server for all tests of a class. */
  private static Supplier<String> once(Supplier<String> start) {
    return Mono.fromSupplier(start).cache()::block;
  }

  private static String overTls() {
    ServerUnderTest server = Certificates.startServer();
    return server.spec() + "//tls_ca=" + server.folder.resolve("ca.pem");
  }

  private static Worker through(String name, String... hops) {
    Supplier<List<String>> specs = () -> List.of(hops);
    return new Worker(name, RemoteWorkers::throughHop, specs);
  }

  private static String throughHop() {
    return throughHop(Interpreters.defaultInterpreter().executable().toString());
  }

  private static String throughHop(String python) {
    return "popen//via=hop//python=" + python;
  }
}
