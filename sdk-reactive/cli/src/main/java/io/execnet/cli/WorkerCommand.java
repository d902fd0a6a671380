package io.execnet.cli;

import io.execnet.core.worker.WorkerProgram;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

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
final class WorkerCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec command;

  @Mixin
  @SuppressWarnings("NullAway.Init") // by picocli
  private StandardOptions standard;

  @Override
  public Integer call() {
    PrintWriter out = command.commandLine().getOut();
    out.print(WorkerProgram.source());
    out.flush();
    return ExitCode.OK;
  }
}
