package io.execnet.transport.popen;

import io.execnet.transport.OutputLine;
import java.util.function.Consumer;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Makes lines of what a worker writes to one standard stream and hands them to the consumer, which
 * may block: so no event loop may call this.
 */
final class OutputSink {

  private static final Logger LOG = Loggers.getLogger(OutputSink.class);

  private final Consumer<OutputLine> consumer;
  private final LineSplitter splitter;

  OutputSink(String gatewayId, OutputLine.Stream stream, Consumer<OutputLine> consumer) {
    this.consumer = consumer;
    this.splitter = new LineSplitter(text -> handOver(new OutputLine(gatewayId, stream, text)));
  }

  // Standard error may come through the pipe and, a moment later, through the socket.
  synchronized void accept(byte[] bytes, int length) {
    splitter.add(bytes, length);
  }

  synchronized void end() {
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
