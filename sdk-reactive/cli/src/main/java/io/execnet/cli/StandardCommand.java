package io.execnet.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What all commands have. */
abstract class StandardCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init") // by picocli
  CommandSpec command;

  @Mixin
  @SuppressWarnings("NullAway.Init") // by picocli
  StandardOptions standard;

  /** Standard output, for text. */
  final PrintWriter out() {
    return command.commandLine().getOut();
  }
}
