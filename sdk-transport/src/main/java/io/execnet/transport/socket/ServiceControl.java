package io.execnet.transport.socket;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.ExitStatus;
import io.execnet.core.spec.XSpec;
import io.execnet.core.worker.ServerProgram;
import io.execnet.transport.Deadline;
import io.execnet.transport.bootstrap.StartFailure;
import io.execnet.transport.output.BlockingWork;
import io.execnet.transport.popen.PythonCommand;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/** Has a short-lived interpreter of this host do something with the services here. */
final class ServiceControl {

  private ServiceControl() {}

  /**
   * Does it, on subscription.
   *
   * @param spec which interpreter: {@code python=}
   * @return the lines of the answer, the first without its {@code ok}; or a {@link
   *     BootstrapException} that says what went wrong
   */
  static Mono<List<String>> run(XSpec spec, Deadline deadline, String... arguments) {
    return Mono.fromCallable(() -> runHere(spec, deadline, arguments))
        .subscribeOn(BlockingWork.STARTS);
  }

  private static List<String> runHere(XSpec spec, Deadline deadline, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = PythonCommand.of(spec);
    String shown = PythonCommand.shown(command);
    Path errors = Files.createTempFile("execnet", ".err");
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
        List<String> lines = answer.lines().toList();
        String first = lines.isEmpty() ? "" : lines.get(0);
        if (first.equals("ok") || first.startsWith("ok\t")) {
          return lines;
        }
        if (first.startsWith("error\t")) {
          String why = first.substring(first.indexOf('\t') + 1);
          throw new BootstrapException(Reason.SETUP_FAILED, why, "", null);
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
      Files.delete(errors);
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
