package io.execnet.benchmarks.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A virtual environment with the Python side of those that we are compared with. */
final class PythonPeers {

  private static final List<String> PACKAGES = List.of("py4j==0.10.9.9", "grpcio==1.76.0");

  private PythonPeers() {}

  /**
   * Its interpreter; made in that folder if it is not there. Empty, and said so, if it can't be.
   */
  static Optional<String> python(Path folder) throws InterruptedException, IOException {
    Path python = folder.toAbsolutePath().resolve("bin/python");
    if (LineProcess.succeeds(List.of(python.toString(), "-c", "import grpc, py4j"))) {
      return Optional.of(python.toString());
    }
    Files.createDirectories(folder);
    List<String> install =
        new ArrayList<>(List.of(python.toString(), "-m", "pip", "install", "-q"));
    install.addAll(PACKAGES);
    if (LineProcess.succeeds(List.of("python3", "-m", "venv", folder.toString()))
        && LineProcess.succeeds(install)) {
      return Optional.of(python.toString());
    }
    System.out.println("Without Py4J and gRPC: `python3 -m pip install` has not got " + PACKAGES);
    return Optional.empty();
  }
}
