package io.execnet.transport.output;

import io.execnet.transport.OutputLine;
import java.util.function.Consumer;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Makes lines of what a worker writes to one standard stream and hands them to the consumer, which
 * may block: so no event loop may call this.
 */
public final class OutputSink {

  private static final Logger LOG = Loggers.getLogger(OutputSink.class);

  private final Consumer<OutputLine> consumer;
  private final LineSplitter splitter;

  /** Begins with an empty line. */
  public OutputSink(String gatewayId, OutputLine.Stream stream, Consumer<OutputLine> consumer) {
    this.consumer = consumer;
    this.splitter = new LineSplitter(text -> handOver(new OutputLine(gatewayId, stream, text)));
  }

  /**
   * Takes the next bytes of the stream, and blocks while the consumer does. Any thread: standard
   * error may come through a pipe and, a moment later, through a socket.
   */
  public synchronized void accept(byte[] bytes, int length) {
    splitter.add(bytes, length);
  }

  /** The stream ended: a last line without an end is one too. */
  public synchronized void end() {
    splitter.end();
  }

  private void handOver(OutputLine line) {
    try {
      consumer.accept(line);
    } catch (RuntimeException e) {
      LOG.warn("The consumer of worker output failed on a line from " + line.gatewayId(), e);
    }
  }
}
