package io.execnet.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** Interpreters that can import stock execnet, to compare with. */
public final class StockExecnet {

  private static final String[] PACKAGES = {"execnet==2.1.2", "gevent", "eventlet", "ruff"};
  private static final Path SYSTEM_PYTHON = Path.of("/usr/bin/python3");

  private StockExecnet() {}

  /**
   * The Python of a virtual environment with execnet 2.1.2, gevent, eventlet and ruff. It is made
   * below the build's {@code target} folder at the first call, once for all modules and JVMs, and
   * kept until the next clean. Skips the calling test where it can't be made.
   */
  public static synchronized Path newest() {
    try {
      Path target = Files.createDirectories(Project.root().resolve("sdk-core/target"));
      Path venv = target.resolve("stock-venv");
      try (FileChannel channel =
              FileChannel.open(
                  target.resolve("stock-venv.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        assert lock.isValid();
        return make(venv);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Debian's own Python with execnet 1.9.0; skips the calling test where it is not installed. */
  public static Path debian() {
    boolean found =
        Files.isExecutable(SYSTEM_PYTHON)
            && Command.run(Duration.ofSeconds(30), SYSTEM_PYTHON.toString(), "-c", "import execnet")
                    .status()
                == 0;
    Prerequisites.require(found, "apt-get install python3-execnet");
    return SYSTEM_PYTHON;
  }

  private static Path make(Path venv) throws IOException {
    Path python =
        venv.resolve(System.getProperty("os.name").startsWith("Windows") ? "Scripts" : "bin")
            .resolve("python");
    Path marker = venv.resolve("complete");
    String packages = String.join(" ", PACKAGES);
    if (Files.isExecutable(python)
        && Files.exists(marker)
        && Files.readString(marker).equals(packages)) {
      return python;
    }
    Path base = Interpreters.defaultInterpreter().executable();
    run(base.toString(), "-m", "venv", "--clear", venv.toString());
    String[] install = new String[6 + PACKAGES.length];
    System.arraycopy(PACKAGES, 0, install, 6, PACKAGES.length);
    install[0] = python.toString();
    install[1] = "-m";
    install[2] = "pip";
    install[3] = "install";
    install[4] = "--quiet";
    install[5] = "--disable-pip-version-check";
    run(install);
    Files.writeString(marker, packages);
    return python;
  }

  private static void run(String... command) {
    Command.Result result = Command.run(Duration.ofMinutes(5), command);
    Prerequisites.require(
        result.status() == 0,
        "a virtual environment with "
            + String.join(" ", PACKAGES)
            + " (Python's venv module, and pip with a package index): "
            + result.output());
  }
}
