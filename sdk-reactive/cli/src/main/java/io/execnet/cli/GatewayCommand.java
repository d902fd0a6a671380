package io.execnet.cli;

import io.execnet.cli.JsonLines.BrokenOutputException;
import io.execnet.cli.Session.NotOpenedException;
import io.execnet.core.BootstrapException;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Mixin;

/** What the commands that open gateways have in common: how they end. */
abstract class GatewayCommand extends StandardCommand {

  @Mixin
  @SuppressWarnings("NullAway.Init") // by picocli
  GatewayOptions gateways;

  final Console console;

  GatewayCommand(Console console) {
    this.console = console;
  }

  /** The work, with a group that is ended afterwards: in peace, or at once if this throws. */
  interface Work {
    int run(Session session) throws InterruptedException, TimeoutException;
  }

  final int inSession(Work work) throws InterruptedException {
    Diagnostics diagnostics = console.diagnostics();
    Session session = new Session(diagnostics);
    Interrupts.first(session::interrupt);
    int status;
    try {
      status = work.run(session);
    } catch (RuntimeException | TimeoutException e) {
      status = failed(Failures.unwrap(e));
      session.kill();
      return status;
    }
    session.close();
    return status;
  }

  private int failed(Throwable error) {
    Diagnostics diagnostics = console.diagnostics();
    if (error instanceof BrokenOutputException broken) {
      if (broken.readerIsGone()) {
        diagnostics.silence();
        return ExitCode.BROKEN_PIPE;
      }
    } else if (error instanceof NotOpenedException) {
      diagnostics.say(String.valueOf(error.getMessage()));
      diagnostics.trace(error);
      return ExitCode.NOT_OPENED;
    } else if (error instanceof BootstrapException) {
      diagnostics.say(Failures.message(error));
      diagnostics.trace(error);
      return ExitCode.NOT_OPENED;
    }
    diagnostics.failure(error);
    return ExitCode.FAILED;
  }
}
