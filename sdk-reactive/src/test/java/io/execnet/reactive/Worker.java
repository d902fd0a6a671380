package io.execnet.reactive;

import io.execnet.testing.Interpreter;
import io.execnet.testing.Interpreters;
import io.execnet.testing.StockExecnet;
import io.execnet.transport.socket.Certificates;
import io.execnet.transport.socket.ServerUnderTest;
import io.execnet.transport.ssh.OpenSshServer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A kind of worker that a suite runs on. */
record Worker(String name, Supplier<String> spec, Supplier<List<String>> hops) {

  Worker(String name, Supplier<String> spec) {
    this(name, spec, List::of);
  }

  /** Every supported interpreter with our worker program, over each transport that there is. */
  static Stream<Worker> ours() {
    List<Interpreter> interpreters = Interpreters.supported();
    System.out.println("worker suite runs on: " + interpreters);
    return Stream.concat(
        interpreters.stream().map(each -> of(each.toString(), each.executable(), "")),
        Stream.of(
            of("over pipes", Interpreters.defaultInterpreter().executable(), "//io=pipe"),
            of(
                "main_thread_only",
                Interpreters.defaultInterpreter().executable(),
                "//execmodel=main_thread_only"),
            new Worker("gevent", () -> spec(StockExecnet.newest(), "//execmodel=gevent")),
            new Worker("eventlet", () -> spec(StockExecnet.newest(), "//execmodel=eventlet"))));
  }

  /** Stock execnet as the worker. */
  static Stream<Worker> stock() {
    return Stream.of(
        new Worker("stock 2.1.2", () -> spec(StockExecnet.newest(), "//bootstrap=import")),
        new Worker(
            "stock 2.1.2 over pipes",
            () -> spec(StockExecnet.newest(), "//bootstrap=import//io=pipe")),
        new Worker("stock 1.9.0", () -> spec(StockExecnet.debian(), "//bootstrap=import")));
  }

  /** Our worker program behind other gateways, whose specs have ids. */
  static Stream<Worker> farther() {
    return Stream.of(
        via("through a hop", () -> List.of("popen//id=hop")),
        via("through two hops", () -> List.of("popen//id=near", "popen//via=near//id=hop")),
        via(
            "through stock 2.1.2",
            () -> List.of("popen//bootstrap=import//id=hop//python=" + StockExecnet.newest())),
        via(
            "through stock 1.9.0",
            () -> List.of("popen//bootstrap=import//id=hop//python=" + StockExecnet.debian())),
        new Worker(
            "stock 2.1.2 through a hop",
            () -> spec(StockExecnet.newest(), "//bootstrap=import//via=hop"),
            () -> List.of("popen//id=hop")));
  }

  /** Workers in socket servers: ours in ours and in stock execnet's, and that in ours. */
  static Stream<Worker> inServers() {
    return Stream.of(
        new Worker("over a socket", () -> ServerUnderTest.start().spec()),
        new Worker(
            "over TLS",
            () -> {
              ServerUnderTest server = Certificates.startServer();
              return server.spec() + "//tls_ca=" + server.folder.resolve("ca.pem");
            }),
        new Worker("in a thread", () -> ServerUnderTest.start("--in-process").spec()),
        new Worker(
            "in the server of stock 2.1.2",
            () -> ServerUnderTest.stock(StockExecnet.newest()).spec()),
        new Worker(
            "in the server of stock 1.9.0",
            () -> ServerUnderTest.stock(StockExecnet.debian()).spec()),
        new Worker(
            "stock 2.1.2 in its own server",
            () -> ServerUnderTest.stock(StockExecnet.newest()).spec() + "//bootstrap=import"),
        new Worker(
            "stock 1.9.0 over a socket",
            () -> {
              StockExecnet.debian(); // whose Python the server runs on
              return ServerUnderTest.start().spec() + "//bootstrap=import";
            }));
  }

  /** Our worker program, on every interpreter and over SSH. */
  static Stream<Worker> printing() {
    return Stream.concat(ours(), overSsh().limit(1));
  }

  /** Workers that an SSH server starts: for our client, and for OpenSSH's on a hop. */
  static Stream<Worker> overSsh() {
    return Stream.of(
        new Worker("over SSH", () -> ssh(Interpreters.defaultInterpreter().executable(), "")),
        new Worker("stock 2.1.2 over SSH", () -> ssh(StockExecnet.newest(), "//bootstrap=import")),
        via(
            "through SSH",
            () -> List.of(ssh(Interpreters.defaultInterpreter().executable(), "//id=hop"))),
        via(
            "through popen and SSH",
            () ->
                List.of(
                    "popen//id=near",
                    ssh(Interpreters.defaultInterpreter().executable(), "//via=near//id=hop"))));
  }

  private static String ssh(Path executable, String options) {
    return SharedServer.ONE.spec() + "//python=" + executable + options;
  }

  /** Started when it is first needed. */
  private static final class SharedServer {
    static final OpenSshServer ONE = OpenSshServer.startForThisJvm();
  }

  private static Worker via(String name, Supplier<List<String>> hops) {
    String python = Interpreters.defaultInterpreter().executable().toString();
    return new Worker(name, () -> "popen//via=hop//python=" + python, hops);
  }

  static Stream<Worker> all() {
    return Stream.of(ours(), stock(), farther(), inServers(), overSsh())
        .flatMap(workers -> workers);
  }

  private static Worker of(String name, Path executable, String options) {
    return new Worker(name, () -> spec(executable, options));
  }

  private static String spec(Path executable, String options) {
    return "popen//python=" + executable + options;
  }

  @Override
  public String toString() {
    return name;
  }
}
