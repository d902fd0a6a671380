package io.execnet.transport.bootstrap;

import io.execnet.core.spec.XSpec;
import io.execnet.core.worker.CompiledWorker;
import io.execnet.core.worker.WorkerProgram;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes the one line that an interpreter reads and executes to become a worker, with what that
 * reads then, if anything.
 */
@FunctionalInterface
public interface BootstrapLine {

  /**
   * The line for a worker of this id, its end included, and for an interpreter on this machine also
   * what follows it; each char stands for a byte.
   */
  String of(XSpec spec, String workerId, WorkerStreams streams);

  /** The line that brings our worker program, or imports an installed execnet, as the spec says. */
  static BootstrapLine worker() {
    return (spec, workerId, streams) -> {
      String execmodel = spec.execmodel().orElse("thread");
      if (!spec.bootstrapImport()) {
        return ownLine(spec, arguments(workerId, execmodel, streams));
      }
      Path connect = streams.connect();
      return WorkerProgram.importLine(
          execmodel, workerId, connect == null ? null : connect.toString(), streams.answer());
    };
  }

  /**
   * With the compiled form of the program, where this command was started before. It is larger than
   * the source, so only what is started on this machine gets it.
   */
  private static String ownLine(XSpec spec, List<String> arguments) {
    Optional<String> command = command(spec);
    Optional<CompiledWorker> compiled = command.flatMap(CompiledWorker::startedBy);
    if (compiled.isPresent()) {
      return WorkerProgram.bootstrapWith(compiled.get(), arguments);
    }
    if (command.isPresent()) {
      arguments.add("--compiled");
    }
    return WorkerProgram.bootstrapLine(arguments);
  }

  /**
   * What the compiled form is kept for; empty where there is no use for it. The environment belongs
   * to it, as it may change what runs before the program does.
   */
  static Optional<String> command(XSpec spec) {
    return spec.popen() && spec.via().isEmpty() && !spec.bootstrapImport()
        ? Optional.of(spec.python().orElse("") + new TreeMap<>(spec.env()))
        : Optional.empty();
  }

  /** The worker program's command line. */
  static List<String> arguments(String workerId, String execmodel, WorkerStreams streams) {
    List<String> arguments = new ArrayList<>();
    // in this form an id may begin with a dash
    arguments.addAll(List.of("--id=" + workerId, "--execmodel=" + execmodel, "--hello"));
    Path connect = streams.connect();
    if (connect != null) {
      arguments.add("--connect=" + connect);
    }
    streams.framed().forEach(fd -> arguments.add("--framed=" + fd));
    if (!streams.answer().equals(WorkerStreams.PLAIN_ANSWER)) {
      arguments.add("--answer=" + streams.answer());
    }
    return arguments;
  }
}
