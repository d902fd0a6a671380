package io.execnet.testing;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where this project lies on disk. */
public final class Project {

  private Project() {}

  /**
   * The folder of the root POM: the system property {@code execnet.root}, else the nearest folder
   * from the working directory upwards that has a {@code pom.xml} beside a {@code .mvn}.
   */
  public static Path root() {
    String configured = System.getProperty("execnet.root");
    if (configured != null) {
      return Path.of(configured);
    }
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("pom.xml")) && Files.isDirectory(folder.resolve(".mvn"))) {
        return folder;
      }
    }
    throw new IllegalStateException(
        "run the tests from a folder of the project, or set execnet.root");
  }
}
