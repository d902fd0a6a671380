package io.execnet.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in a line or two what is wrong with a command line, and where to read on. */
final class UsageErrors implements IParameterExceptionHandler {

  private final Diagnostics diagnostics;

  UsageErrors(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  @Override
  public int handleParseException(ParameterException error, String[] args) {
    CommandLine command = error.getCommandLine();
    diagnostics.say(message(error, command));
    diagnostics.say("try '" + command.getCommandSpec().qualifiedName() + " --help'");
    diagnostics.trace(error);
    return ExitCode.USAGE;
  }

  private static String message(ParameterException error, CommandLine command) {
    if (error instanceof UnmatchedArgumentException unmatched) {
      return unmatched.isUnknownOption()
          ? unknownOption(unmatched)
          : oneTooMany(unmatched.getUnmatched().get(0), command);
    }
    String message = String.valueOf(error.getMessage()).replaceFirst("^Error: ", "");
    return error instanceof MissingParameterException
        ? message.replaceAll("(--?[a-z]+)=", "$1 ") // as the help writes options
        : message;
  }

  private static String unknownOption(UnmatchedArgumentException unmatched) {
    List<String> similar = unmatched.getSuggestions();
    return "there is no option "
        + unmatched.getUnmatched().get(0)
        + (similar.isEmpty() ? "" : "; did you mean " + String.join(" or ", similar) + "?");
  }

  private static String oneTooMany(String argument, CommandLine command) {
    if (command.getParent() == null) {
      return "there is no command '" + argument + "', but there are " + names(command);
    }
    boolean takesSource = command.getCommandSpec().findOption("-c") != null;
    return "'"
        + argument
        + "' is one argument too many"
        + (takesSource ? "; the source is either FILE or -c CODE" : "");
  }

  /** The names of the subcommands. */
  static String names(CommandLine command) {
    return String.join(", ", command.getSubcommands().keySet());
  }
}
