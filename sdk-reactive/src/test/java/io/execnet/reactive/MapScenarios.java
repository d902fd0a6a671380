package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.spec.XSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** Map jobs, after which no gateway may be left. */
abstract class MapScenarios {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  final Group group = Group.create();

  @TempDir Path folder;

  @AfterEach
  void close() {
    assertThat(group.gateways()).isEmpty();
    group.close();
  }

  static MapJob job(int workers, String source) {
    return MapJob.of(Collections.nCopies(workers, XSpec.parse("popen")), PythonSource.of(source));
  }

  Flux<Object> values(MapJob job, Flux<?> items) {
    return job.run(group, items)
        .ofType(MapResult.Value.class)
        .map(result -> result.value() == null ? "None" : result.value());
  }
}
