package io.execnet.transport.socket;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.transport.Deadline;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Has a short-lived interpreter do something with the services of the host that it runs on. */
public interface ServiceControl {

  /**
   * Does it, on subscription.
   *
   * @param arguments {@code ensure PORT}, {@code list} or {@code stop PORT}
   * @return the lines of the answer; or a {@link BootstrapException} that says what went wrong
   */
  Mono<List<String>> run(Deadline deadline, String... arguments);

  /**
   * Reads what such an interpreter has written.
   *
   * @param where added to the message of the error that it may tell
   * @return the lines of its answer; empty where that is none
   */
  static Optional<List<String>> answer(String written, String where) {
    List<String> lines = written.lines().toList();
    String first = lines.isEmpty() ? "" : lines.get(0);
    if (first.startsWith("error\t")) {
      String why = first.substring(first.indexOf('\t') + 1);
      throw new BootstrapException(Reason.SETUP_FAILED, why + where, "", null);
    }
    return first.equals("ok") ? Optional.of(lines.subList(1, lines.size())) : Optional.empty();
  }
}
