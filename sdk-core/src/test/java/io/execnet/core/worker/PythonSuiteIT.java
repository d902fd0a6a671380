package io.execnet.core.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.testing.Command;
import io.execnet.testing.Interpreter;
import io.execnet.testing.Interpreters;
import io.execnet.testing.Project;
import io.execnet.testing.StockExecnet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The worker program's own tests, in Python, on every interpreter that there is; and its style. */
class PythonSuiteIT {

  private static final Duration PATIENCE = Duration.ofMinutes(20);

  private static final Path TESTS = Project.root().resolve("sdk-core/src/test/python");
  private static final Path SOURCES = Project.root().resolve("sdk-core/src/main/python");

  /** The suites wait more than they compute, for workers that end in their own time. */
  private static final ExecutorService POOL = Executors.newFixedThreadPool(6);

  @AfterAll
  static void shutDown() {
    POOL.shutdownNow();
  }

  @TestFactory
  Stream<DynamicTest> passesOn() {
    Map<String, Path> pythons = new LinkedHashMap<>();
    pythons.put("stock execnet, gevent and eventlet", StockExecnet.newest());
    for (Interpreter interpreter : Interpreters.supported()) {
      pythons.put(interpreter.toString(), interpreter.executable());
    }
    System.out.println("Python suite runs on: " + pythons.keySet());
    Map<String, CompletableFuture<Command.Result>> results = new LinkedHashMap<>();
    pythons.forEach(
        (name, python) ->
            results.put(name, CompletableFuture.supplyAsync(() -> runSuite(python), POOL)));
    return results.entrySet().stream()
        .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> check(entry.getValue())));
  }

  private static Command.Result runSuite(Path python) {
    return Command.run(
        PATIENCE, python.toString(), "-B", "-m", "unittest", "discover", "-s", TESTS.toString());
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
