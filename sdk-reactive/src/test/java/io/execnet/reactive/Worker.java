package io.execnet.reactive;

import io.execnet.testing.Interpreter;
import io.execnet.testing.Interpreters;
import io.execnet.testing.StockExecnet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A kind of worker that a suite runs on. */
record Worker(String name, Supplier<String> spec, Supplier<List<String>> hops) {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  Worker(String name, Supplier<String> spec) {
    this(name, spec, List::of);
  }

  /** Opens the hops, and then the worker. */
  Gateway open(Group group) {
    hops.get().forEach(hop -> group.makeGateway(hop).block(PATIENCE));
    return group.makeGateway(spec.get()).blockOptional(PATIENCE).orElseThrow();
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

  /** All of them, over every transport. */
  static Stream<Worker> all() {
    return Stream.of(ours(), stock(), RemoteWorkers.all()).flatMap(workers -> workers);
  }

  /** Those from which all that is printed comes here. */
  static Stream<Worker> printing() {
    return Stream.concat(ours(), RemoteWorkers.printing());
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
