package io.execnet.cli;

import java.util.List;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.IParamLabelRenderer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** Help that writes options as people do: {@code --arg NAME=JSON}, not {@code --arg=NAME=JSON}. */
final class HelpText extends Help {

  HelpText(CommandSpec command, ColorScheme colors) {
    super(command, colors);
  }

  @Override
  public IParamLabelRenderer createDefaultParamLabelRenderer() {
    return new IParamLabelRenderer() {
      @Override
      public Text renderParameterLabel(ArgSpec argument, Ansi ansi, List<Ansi.IStyle> styles) {
        boolean hasLabel = argument.isPositional() || argument.arity().max() > 0;
        String label = hasLabel ? argument.paramLabel() : "";
        Text text = colorScheme().apply(label, styles);
        return argument.isOption() && hasLabel ? ansi.text(" ").concat(text) : text;
      }

      @Override
      public String separator() {
        return " ";
      }
    };
  }
}
