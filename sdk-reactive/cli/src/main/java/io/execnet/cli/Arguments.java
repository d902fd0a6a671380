package io.execnet.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Keyword arguments: {@code --arg NAME=JSON}. */
final class Arguments {

  private Arguments() {}

  static Map<String, @Nullable Object> parse(CommandLine command, List<String> args) {
    Map<String, @Nullable Object> kwargs = new LinkedHashMap<>();
    for (String arg : args) {
      int equals = arg.indexOf('=');
      if (equals < 1) {
        throw new ParameterException(command, "--arg '" + arg + "' is not NAME=JSON");
      }
      String name = arg.substring(0, equals);
      if (kwargs.containsKey(name)) {
        throw new ParameterException(command, "--arg " + name + " is given twice");
      }
      try {
        kwargs.put(name, ValueJson.read(arg.substring(equals + 1)));
      } catch (ValueJsonException e) {
        throw new ParameterException(
            command,
            "--arg " + name + ": " + e.getMessage() + "; a string is written '" + name + "=\"…\"'",
            e);
      }
    }
    return kwargs;
  }
}
