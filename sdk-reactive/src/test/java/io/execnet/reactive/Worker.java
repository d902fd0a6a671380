package io.execnet.reactive;

import io.execnet.testing.Interpreter;
import io.execnet.testing.Interpreters;
import io.execnet.testing.StockExecnet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A kind of worker that a suite runs on. */
record Worker(String name, Supplier<String> spec, Supplier<List<String>> hops) {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** One kind over each transport. */
  private static final Set<String> TRANSPORTS =
      Set.of(
          "popen",
          "over pipes",
          "through a hop",
          "over SSH",
          "over SSH from a hop",
          "over a socket",
          "over TLS",
          "in a service");

  Worker(String name, Supplier<String> spec) {
    this(name, spec, List::of);
  }

  /** Opens the hops, and then the worker. */
  Gateway open(Group group) {
    openHops(group);
    return openBehindThem(group);
  }

  /** Opens those that it is reached through. */
  List<Gateway> openHops(Group group) {
    return hops.get().stream()
        .map(hop -> group.makeGateway(hop).blockOptional(PATIENCE).orElseThrow())
        .toList();
  }

  /** Opens the worker, where the hops are there. */
  Gateway openBehindThem(Group group) {
    return group.makeGateway(spec.get()).blockOptional(PATIENCE).orElseThrow();
  }

  /** Whether others are served in the same process. */
  boolean sharesItsProcess() {
    return name.startsWith(RemoteWorkers.IN_THREAD) || name.startsWith("in a service");
  }

  /** Whether it runs several executions at a time, in threads of the system. */
  boolean runsInThreads() {
    return !spec.get().contains("execmodel=");
  }

  /** Whether it has a socket, which can be disconnected while both ends live, rather than pipes. */
  boolean hasSocket() {
    return !spec.get().matches("(ssh|vagrant_ssh)=.*|.*//io=pipe.*");
  }

  /** Whether the master gets to know, without an answer, that the worker reads no more. */
  boolean tellsThatItReadsNoMore() {
    return spec.get().startsWith("popen") && hops.get().isEmpty();
  }

  /** Whether it is one that a suite runs on which is content with one kind over each transport. */
  boolean standsForItsTransport() {
    return TRANSPORTS.contains(name);
  }

  /** Whether the master gets to know how the process ends. */
  boolean tellsHowItEnds() {
    return !spec.get().startsWith("socket");
  }

  /** Every supported interpreter with our worker program, over each transport that there is. */
  static Stream<Worker> ours() {
    List<Interpreter> interpreters = Interpreters.supported();
    System.out.println("worker suite runs on: " + interpreters);
    return Stream.concat(
        interpreters.stream().map(each -> of(each.toString(), each.executable(), "")), variants());
  }

  private static Stream<Worker> variants() {
    Path python = Interpreters.defaultInterpreter().executable();
    return Stream.of(
        of("over pipes", python, "//io=pipe"),
        of("main_thread_only", python, "//execmodel=main_thread_only"),
        new Worker("gevent", () -> spec(StockExecnet.newest(), "//execmodel=gevent")),
        new Worker("eventlet", () -> spec(StockExecnet.newest(), "//execmodel=eventlet")));
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

  /** Those of them that can be told to cancel: stock workers can't. */
  static Stream<Worker> interruptible() {
    return Stream.concat(ours(), RemoteWorkers.all()).filter(it -> !it.name().startsWith("stock"));
  }

  /** Those of them that run each execution in a thread of CPython. */
  static Stream<Worker> threaded() {
    return interruptible()
        .filter(it -> !it.name().startsWith("pypy"))
        .filter(Worker::runsInThreads);
  }

  /** Our program on one interpreter, over every transport. */
  static Stream<Worker> everywhere() {
    return Stream.concat(here(), RemoteWorkers.all()).filter(it -> !it.name().startsWith("stock"));
  }

  /** One of those over each transport. */
  static Stream<Worker> onePerTransport() {
    return everywhere().filter(Worker::standsForItsTransport);
  }

  /** Those of them whose process is theirs alone. */
  static Stream<Worker> onePerTransportAlone() {
    return onePerTransport().filter(it -> !it.sharesItsProcess());
  }

  /** Those of one interpreter from which all that is printed comes here. */
  static Stream<Worker> printing() {
    return Stream.concat(here(), RemoteWorkers.printing());
  }

  private static Stream<Worker> here() {
    return Stream.concat(Stream.of(new Worker("popen", () -> "popen")), variants());
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
