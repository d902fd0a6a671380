package io.execnet.cli;

import io.execnet.cli.GatewayOptions.Target;
import io.execnet.reactive.MapJob;
import io.execnet.reactive.PythonSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code execnet map}. */
@Command(
    name = "map",
    sortOptions = false,
    header = "Call a Python function on each line of input, on many workers.",
    customSynopsis = {
      "execnet map --tx SPEC [--tx SPEC]... (FILE | -c CODE)",
      "            [--function NAME] [--unordered] [--concurrency N] [--retries N]",
      "            [--timeout DURATION] [--input FILE]"
    },
    description = {
      "",
      "Reads one JSON value a line, calls the source's function run(item) with it on whichever"
          + " worker is free, and writes what it returns, one line of JSON a result, in the order of"
          + " the input. A function that yields gives a line for each value. Input and output are"
          + " streams, however long.",
      "",
      "An item that fails becomes the line {\"error\":\"...\",\"item\":...}; the traceback goes to"
          + " standard error, and the other items go on.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  Squares, by two workers:",
      "    seq 1000 | execnet map --tx 2*popen -c 'def run(x): return x * x'",
      "  A function of a file, four items at a time on each of eight workers:",
      "    execnet map --tx 8*popen tools.py --function fetch --concurrency 4 \\",
      "        --input urls.jsonl > pages.jsonl",
      "",
      "Exit status: 0 all well; 1 an item failed; 2 wrong usage, nothing was started; 3 a gateway"
          + " could not be opened; 130 after Ctrl-C; 141 if the reader of standard output went"
          + " away."
    })
final class MapCommand extends GatewayCommand {

  @ArgGroup(multiplicity = "1")
  @SuppressWarnings("NullAway.Init") // by picocli
  private Source source;

  static final class Source {
    @Parameters(paramLabel = "FILE", description = "A file of Python source.")
    @Nullable String file;

    @Option(names = "-c", paramLabel = "CODE", description = "Python source.")
    @Nullable String code;
  }

  @Option(
      names = "--function",
      paramLabel = "NAME",
      defaultValue = "run",
      description = "The function to call (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // by picocli
  private String function;

  @Option(names = "--unordered", description = "Write results as they come.")
  private boolean unordered;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      defaultValue = "1",
      description = "Items in flight on each worker, in threads (default: ${DEFAULT-VALUE}).")
  private int concurrency;

  @Option(
      names = "--retries",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "How often an item whose worker died is run again on another (default: ${DEFAULT-VALUE})."
              + " The worker is replaced in any case.")
  private int retries;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = Durations.class,
      description = "How long an item may take (30s, 5m, PT1H); one that takes longer has failed.")
  private @Nullable Duration timeout;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "Read items from this file instead of standard input.")
  private @Nullable Path input;

  MapCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    require(concurrency >= 1, "--concurrency must be 1 or more");
    require(retries >= 0, "--retries must be 0 or more");
    List<Target> targets = gateways.targets();
    MapJob job =
        MapJob.of(targets.stream().map(Target::spec).toList(), python())
            .withFunction(function)
            .withOrdered(!unordered)
            .withConcurrency(concurrency)
            .withRetries(retries);
    MapJob bounded = timeout == null ? job : job.withTimeout(timeout);
    try (InputStream in = open()) {
      MapRun run = new MapRun(console, bounded, in, input == null ? -1 : Files.size(input));
      return inSession(run::in);
    }
  }

  private PythonSource python() {
    if (source.code != null) {
      return PythonSource.of(source.code);
    }
    String file = String.valueOf(source.file);
    require(!file.equals("-"), "standard input is for items; give the source as FILE or -c CODE");
    return Sources.file(command.commandLine(), file);
  }

  private InputStream open() {
    if (input == null) {
      return console.in();
    }
    require(!Files.isDirectory(input), input + " is a directory");
    try {
      return Files.newInputStream(input);
    } catch (IOException e) {
      throw new ParameterException(
          command.commandLine(), "can't read " + input + ": " + Sources.reason(e), e);
    }
  }

  private void require(boolean right, String otherwise) {
    if (!right) {
      throw new ParameterException(command.commandLine(), otherwise);
    }
  }
}
