package io.execnet.reactive;

import io.execnet.transport.OutputLine;
import java.util.function.Consumer;
import reactor.util.Logger;
import reactor.util.Loggers;

/** Sends what workers print to the log. */
final class OutputLogger implements Consumer<OutputLine> {

  private static final Logger LOGGER = Loggers.getLogger("io.execnet.output");

  @Override
  public void accept(OutputLine line) {
    switch (line.stream()) {
      case STDOUT -> LOGGER.info("[{}] {}", line.gatewayId(), line.text());
      case STDERR -> LOGGER.warn("[{}] {}", line.gatewayId(), line.text());
    }
  }
}
