package io.execnet.reactive;

import io.execnet.transport.TemporaryFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A file with a random name and content that is there for a while, so that a worker which finds it
 * sees the same files as this JVM. The other end is {@code sees_file.py}.
 */
final class FileProbe {

  private static final int SIZE = 32;

  private final Path file;
  private final byte[] content = new byte[SIZE];

  private FileProbe(Path folder) throws IOException {
    new SecureRandom().nextBytes(content);
    file = TemporaryFiles.file(folder.toAbsolutePath(), ".probe");
    try {
      Files.write(file, content);
    } catch (IOException e) {
      TemporaryFiles.delete(file);
      throw e;
    }
  }

  /** Makes the file for as long as the work takes. */
  static <T> Flux<T> using(Path folder, Function<FileProbe, Flux<T>> work) {
    return Flux.usingWhen(
        Mono.fromCallable(() -> new FileProbe(folder)).subscribeOn(Schedulers.boundedElastic()),
        work,
        probe -> Mono.fromCallable(probe::delete).subscribeOn(Schedulers.boundedElastic()));
  }

  private Path delete() throws IOException {
    TemporaryFiles.delete(file);
    return file;
  }

  /** Whether the gateway's worker sees it. */
  Mono<Boolean> isSeenBy(Gateway gateway) {
    return gateway
        .remoteExec(WorkerScripts.SEES_FILE)
        .function("tell", Map.of("path", file.toString(), "content", content))
        .receive(Boolean.class)
        .single();
  }
}
