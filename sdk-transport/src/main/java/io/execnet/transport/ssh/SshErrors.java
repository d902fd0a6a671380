package io.execnet.transport.ssh;

import io.execnet.transport.output.BlockingWork;
import io.execnet.transport.output.OutputSink;
import io.execnet.transport.output.OutputTail;
import java.util.concurrent.CompletableFuture;
import org.apache.sshd.client.channel.ClientChannel;

/**
 * The standard error of a worker, which is a stream of its channel. It shares the channel's window:
 * a consumer that blocks for long in the end holds back everything from this worker.
 */
final class SshErrors implements SshReader.Taker {

  private final OutputSink sink;
  private final OutputTail tail = new OutputTail();
  private final SshReader reader;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  SshErrors(ClientChannel channel, OutputSink sink) {
    this.sink = sink;
    this.reader = new SshReader(channel, channel.getAsyncErr(), this);
  }

  void start() {
    reader.request();
  }

  /** Completes when all of it has been handed over. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  String text() {
    return tail.text();
  }

  @Override
  public void take(byte[] bytes, int length) {
    tail.add(bytes, 0, length);
    BlockingWork.OUTPUT.schedule(
        () -> {
          sink.accept(bytes, length);
          reader.request();
        });
  }

  @Override
  public void end() {
    BlockingWork.OUTPUT.schedule(
        () -> {
          sink.end();
          ended.complete(null);
        });
  }
}
