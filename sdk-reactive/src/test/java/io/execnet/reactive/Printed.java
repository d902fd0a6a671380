package io.execnet.reactive;

import io.execnet.transport.OutputLine;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** What the workers of a group printed, line by line. */
final class Printed implements Consumer<OutputLine> {

  private final Queue<String> lines = new ConcurrentLinkedQueue<>();

  @Override
  public void accept(OutputLine line) {
    lines.add(line.gatewayId() + ": " + line.text());
  }

  boolean contains(Gateway gateway, String text) {
    return lines.contains(gateway.id() + ": " + text);
  }
}
