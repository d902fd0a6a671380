package io.execnet.cli;

import io.execnet.core.worker.WorkerProgram;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** {@code execnet worker}. */
@Command(
    name = "worker",
    sortOptions = false,
    header = "Print the worker program, one Python file.",
    customSynopsis = "execnet worker",
    description = {
      "",
      "It is what every gateway sends to its interpreter, and needs nothing but Python there. To"
          + " read it, or to look at what will run:",
      "    execnet worker | less",
      ""
    })
final class WorkerCommand extends StandardCommand {

  @Override
  public Integer call() {
    PrintWriter out = out();
    out.print(WorkerProgram.source());
    out.flush();
    return ExitCode.OK;
  }
}
