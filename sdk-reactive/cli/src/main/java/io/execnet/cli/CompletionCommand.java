package io.execnet.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

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
final class CompletionCommand extends StandardCommand {

  enum Shell {
    bash,
    zsh
  }

  @Parameters(paramLabel = "SHELL", description = "bash or zsh. One script serves both.")
  @SuppressWarnings("NullAway.Init") // by picocli
  private Shell shell;

  @Override
  public Integer call() {
    PrintWriter out = out();
    out.print(AutoComplete.bash("execnet", command.root().commandLine()));
    out.flush();
    return ExitCode.OK;
  }
}
