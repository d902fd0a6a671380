package io.execnet.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code execnet completion}. */
@Command(
    name = "completion",
    sortOptions = false,
    header = "Print a script that completes execnet's commands and options.",
    customSynopsis = "execnet completion (bash|zsh)",
    description = "",
    footer = {
      "",
      "Put one of these into ~/.bashrc or ~/.zshrc:",
      "    source <(execnet completion bash)",
      "    source <(execnet completion zsh)"
    })
final class CompletionCommand implements Callable<Integer> {

  enum Shell {
    bash,
    zsh
  }

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  private CommandSpec command;

  @Mixin
  @SuppressWarnings("NullAway.Init") // by picocli
  private StandardOptions standard;

  @Parameters(paramLabel = "SHELL", description = "bash or zsh. One script serves both.")
  @SuppressWarnings("NullAway.Init") // by picocli
  private Shell shell;

  @Override
  public Integer call() {
    PrintWriter out = command.commandLine().getOut();
    out.print(AutoComplete.bash("execnet", command.root().commandLine()));
    out.flush();
    return ExitCode.OK;
  }
}
