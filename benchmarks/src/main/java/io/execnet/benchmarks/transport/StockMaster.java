package io.execnet.benchmarks.transport;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stock execnet with its own worker. */
final class StockMaster extends JobProcess {

  /** Starts it with one gateway that this spec opens; fails if this Python has no execnet. */
  StockMaster(String python, String spec) throws IOException {
    this(python, spec, "", 1);
  }

  /**
   * Starts it.
   *
   * @param suffix what its name has after the version
   * @param atOnce how many gateways it opens at a time
   */
  StockMaster(String python, String spec, String suffix, int atOnce) throws IOException {
    super(
        "stock %s" + suffix,
        List.of(python, "-c", RemoteSource.read("stock_master.py"), spec, Integer.toString(atOnce)),
        EnumSet.allOf(Workload.Kind.class));
  }

  /**
   * A Python that can import execnet.
   *
   * @param given the only candidate, or null to look for one
   */
  static Optional<String> python(@Nullable String given) throws InterruptedException {
    List<String> candidates =
        given != null
            ? List.of(given)
            : List.of("sdk-core/target/stock-venv/bin/python", "python3", "/usr/bin/python3");
    for (String python : candidates) {
      String command =
          python.startsWith("sdk-core") ? Path.of(python).toAbsolutePath().toString() : python;
      if (LineProcess.succeeds(List.of(command, "-c", "import execnet"))) {
        return Optional.of(command);
      }
    }
    return Optional.empty();
  }
}
