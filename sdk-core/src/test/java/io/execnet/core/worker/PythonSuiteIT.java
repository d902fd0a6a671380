package io.execnet.core.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.testing.Command;
import io.execnet.testing.Interpreter;
import io.execnet.testing.Interpreters;
import io.execnet.testing.Project;
import io.execnet.testing.StockExecnet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The own tests, in Python, of the worker program, on every interpreter that there is, and of the
 * socket server, on some; and their style.
 */
class PythonSuiteIT {

  private static final Duration PATIENCE = Duration.ofMinutes(20);

  private static final Path TESTS = Project.root().resolve("sdk-core/src/test/python");
  private static final Path SOURCES = Project.root().resolve("sdk-core/src/main/python");

  /** The suites wait more than they compute, for workers that end in their own time. */
  private static final ExecutorService POOL = Executors.newFixedThreadPool(8);

  @AfterAll
  static void shutDown() {
    POOL.shutdownNow();
  }

  @TestFactory
  Stream<DynamicTest> passesOn() {
    Map<String, CompletableFuture<Command.Result>> suites = new LinkedHashMap<>();
    start("the worker on ", pythonsForWorker(), TESTS, suites);
    start("the server on ", pythonsForServer(), TESTS.resolve("server"), suites);
    System.out.println("Python suites: " + suites.keySet());
    return suites.entrySet().stream()
        .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> check(entry.getValue())));
  }

  /** All; one of them has the libraries that some tests need. */
  private static Map<String, Path> pythonsForWorker() {
    Map<String, Path> pythons = new LinkedHashMap<>();
    pythons.put("stock execnet, gevent and eventlet", StockExecnet.newest());
    for (Interpreter interpreter : Interpreters.supported()) {
      if (!isOfStock(interpreter)) {
        pythons.put(interpreter.toString(), interpreter.executable());
      }
    }
    return pythons;
  }

  /** The oldest and the newest that there is of each kind. */
  private static Map<String, Path> pythonsForServer() {
    Map<String, Path> pythons = new LinkedHashMap<>();
    pythons.put("stock execnet", StockExecnet.newest());
    Map<String, List<Interpreter>> byKind =
        Interpreters.onePerVersion().stream()
            .collect(Collectors.groupingBy(Interpreter::implementation));
    for (List<Interpreter> versions : byKind.values()) {
      for (Interpreter interpreter : List.of(versions.get(0), versions.get(versions.size() - 1))) {
        pythons.put(interpreter.toString(), interpreter.executable());
      }
    }
    return pythons;
  }

  private static boolean isOfStock(Interpreter interpreter) {
    try {
      return Files.isSameFile(StockExecnet.newest(), interpreter.executable());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void start(
      String subject,
      Map<String, Path> pythons,
      Path folder,
      Map<String, CompletableFuture<Command.Result>> suites) {
    pythons.forEach(
        (name, python) ->
            suites.put(
                subject + name,
                CompletableFuture.supplyAsync(() -> runSuite(python, folder), POOL)));
  }

  private static Command.Result runSuite(Path python, Path folder) {
    return Command.run(
        PATIENCE,
        "env",
        "PYTHONPATH=" + TESTS,
        python.toString(),
        "-B",
        "-m",
        "unittest",
        "discover",
        "-s",
        folder.toString());
  }

  private static void check(CompletableFuture<Command.Result> suite) {
    Command.Result result = suite.join();
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output()).containsPattern("Ran \\d{2,} tests").contains("OK");
  }

  @Test
  void isTidy() {
    Path ruff = StockExecnet.newest().resolveSibling("ruff");
    for (List<String> check : List.of(List.of("check"), List.of("format", "--check"))) {
      String[] command =
          Stream.of(
                  List.of(ruff.toString()),
                  check,
                  List.of("--no-cache", SOURCES.toString(), TESTS.toString()))
              .flatMap(List::stream)
              .toArray(String[]::new);
      Command.Result result = Command.run(PATIENCE, command);
      assertThat(result.status()).as(result.output()).isZero();
    }
  }
}
