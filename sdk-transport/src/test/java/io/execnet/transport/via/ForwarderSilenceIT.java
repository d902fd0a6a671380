package io.execnet.transport.via;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.testing.Command;
import io.execnet.testing.Project;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Which silent servers a hop gives up: those that are gone, not those that only don't read. */
class ForwarderSilenceIT {

  private static final Path SOURCES = Project.root().resolve("sdk-transport/src");
  private static final String PACKAGE = "resources/io/execnet/transport/via/";

  @Test
  void keepsWhoDoesNotRead() {
    Command.Result result =
        Command.run(
            Duration.ofSeconds(120),
            "/usr/bin/python3",
            SOURCES.resolve("test/" + PACKAGE + "silence.py").toString(),
            SOURCES.resolve("main/" + PACKAGE + "forwarder.py").toString());
    assertThat(result.status()).as(result.output()).isZero();
  }
}
