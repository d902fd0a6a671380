package io.execnet.cli;

import picocli.CommandLine.Option;

/** What every command understands. */
final class StandardOptions {

  @Option(
      names = "--debug",
      order = 100,
      description = "Show Java stack traces and what the SDK logs, on standard error.")
  boolean debug;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      order = 101,
      description = "Show this help and exit.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      order = 102,
      description = "Show the version and exit.")
  boolean version;
}
