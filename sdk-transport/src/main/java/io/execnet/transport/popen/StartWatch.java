package io.execnet.transport.popen;

import io.execnet.transport.bootstrap.AnswerScanner;
import io.execnet.transport.bootstrap.Quoted;
import io.execnet.transport.output.OutputSink;
import io.execnet.transport.output.OutputTail;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * Reads the standard output and the standard error of a process that starts, each on a thread of
 * its own. Both threads end with their stream, which is when the worker has connected back.
 */
final class StartWatch {

  private final AnswerScanner scanner;
  private final CompletableFuture<Void> outputEnd = new CompletableFuture<>();
  private final CompletableFuture<Void> errorEnd = new CompletableFuture<>();

  /**
   * Begins to watch.
   *
   * @param scanner looks for the worker's answer in the output
   * @param answered is told that it came; the rest of the stream is unread
   * @param surprised is told that something else did
   */
  StartWatch(
      String gatewayId,
      Process process,
      AnswerScanner scanner,
      OutputTail tail,
      OutputSink errors,
      Runnable answered,
      Runnable surprised) {
    this.scanner = scanner;
    daemon(
            "execnet-" + gatewayId + "-start",
            () -> {
              try {
                watchOutput(process.getInputStream(), answered, surprised);
              } catch (IOException e) {
                // closed from this side: the end like any other
              } finally {
                outputEnd.complete(null);
              }
            })
        .start();
    daemon(
            "execnet-" + gatewayId + "-err",
            () -> {
              try (InputStream in = process.getErrorStream()) {
                watchErrors(in, tail, errors);
              } catch (IOException e) {
                // as above
              } finally {
                errors.end();
                errorEnd.complete(null);
              }
            })
        .start();
  }

  private void watchOutput(InputStream in, Runnable answered, Runnable surprised)
      throws IOException {
    byte[] bytes = new byte[1];
    AnswerScanner.Result result = AnswerScanner.Result.MISSING;
    while (result == AnswerScanner.Result.MISSING) {
      if (in.read(bytes) < 0) {
        in.close();
        return;
      }
      synchronized (scanner) {
        result = scanner.scan(ByteBuffer.wrap(bytes));
      }
    }
    if (result == AnswerScanner.Result.FOUND) {
      answered.run();
      return;
    }
    bytes = new byte[Quoted.LIMIT];
    // what is there already belongs to the quote; the rest comes while the process is ended
    keep(bytes, in.read(bytes, 0, Math.min(in.available(), Quoted.LIMIT)));
    surprised.run();
    for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
      keep(bytes, n);
    }
    in.close();
  }

  private void keep(byte[] bytes, int length) {
    if (length > 0) {
      synchronized (scanner) {
        scanner.keep(ByteBuffer.wrap(bytes, 0, length));
      }
    }
  }

  private static void watchErrors(InputStream in, OutputTail tail, OutputSink errors)
      throws IOException {
    byte[] chunk = new byte[8 * 1024];
    for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
      tail.add(chunk, 0, n);
      errors.accept(chunk, n);
    }
  }

  CompletableFuture<Void> outputEnd() {
    return outputEnd;
  }

  CompletableFuture<Void> errorEnd() {
    return errorEnd;
  }

  /** What came on the output instead of the answer, quoted; empty if nothing did. */
  String unexpected() {
    synchronized (scanner) {
      return scanner.unexpected();
    }
  }

  static void closeQuietly(Closeable stream) {
    try {
      stream.close();
    } catch (IOException e) {
      // it is of no use any more either way
    }
  }

  static Thread daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }
}
