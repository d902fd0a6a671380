package io.execnet.transport.socket;

import io.execnet.core.ExitStatus;
import io.execnet.core.spec.XSpec;
import io.execnet.core.worker.ServerProgram;
import io.execnet.transport.Deadline;
import io.execnet.transport.TemporaryFiles;
import io.execnet.transport.bootstrap.StartFailure;
import io.execnet.transport.output.BlockingWork;
import io.execnet.transport.popen.PythonCommand;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/** Does it on this host. */
final class LocalServiceControl implements ServiceControl {

  private final XSpec spec;

  /** Starts the interpreter that the spec's {@code python=} names. */
  LocalServiceControl(XSpec spec) {
    this.spec = spec;
  }

  @Override
  public Mono<List<String>> run(Deadline deadline, String... arguments) {
    return Mono.fromCallable(() -> runNow(deadline, arguments)).subscribeOn(BlockingWork.STARTS);
  }

  private List<String> runNow(Deadline deadline, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = PythonCommand.of(spec);
    String shown = PythonCommand.shown(command);
    Path errors =
        TemporaryFiles.file(Path.of(System.getProperty("java.io.tmpdir", "/tmp")), ".err");
    try {
      Process process = start(command, errors);
      try {
        process
            .onExit()
            .orTimeout(deadline.left().toMillis(), TimeUnit.MILLISECONDS)
            .exceptionally(
                e -> {
                  process.destroyForcibly(); // which ends what is read below
                  return process;
                });
        write(process, ServerProgram.serviceControlLines(List.of(arguments)));
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        Optional<List<String>> lines = ServiceControl.answer(answer, "");
        if (lines.isPresent()) {
          return lines.get();
        }
        throw StartFailure.of(
            shown,
            deadline.whole(),
            "",
            status == 137 ? null : ExitStatus.ofCode(status),
            Files.readString(errors));
      } finally {
        process.destroyForcibly();
      }
    } finally {
      TemporaryFiles.delete(errors);
    }
  }

  private static Process start(List<String> command, Path errors) {
    return PythonCommand.start(new ProcessBuilder(command).redirectError(errors.toFile()));
  }

  private static void write(Process process, String lines) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(lines.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // it does not listen: how it ends says more
    }
  }
}
