package io.execnet.transport.popen;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.transport.EventLoop;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the event loop and the thread that writes share; the test's own thread is the loop. */
class PipeWriterTest {

  private static final int PATIENCE_SECONDS = 30;
  private static final int ROUNDS = 50_000;
  private static final int THREADS = 1_000;

  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

  private static final class Counting extends OutputStream {

    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile int written;

    @Override
    public void write(int unused) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      written += length; // one thread
    }

    @Override
    public void close() {
      closed.countDown();
    }

    void awaitClosed() throws InterruptedException {
      assertThat(closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("closed").isTrue();
    }
  }

  private final class Loop implements EventLoop {

    @Override
    public boolean inEventLoop() {
      return true;
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }
  }

  private PipeWriter started(OutputStream out) {
    PipeWriter writer = new PipeWriter("gw0", out, new Loop(), () -> {}, error -> {});
    writer.start();
    return writer;
  }

  /** Waits until the thread has written once more; then it may be anywhere on its way to wait. */
  private void runTask() throws Exception {
    Runnable task = tasks.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(task).as("written").isNotNull();
    task.run();
  }

  @Test
  void writesWhatComesJustAsItBeginsToWait() throws Exception {
    Counting out = new Counting();
    PipeWriter writer = started(out);
    for (int round = 1; round <= ROUNDS; round++) {
      writer.write(ByteBuffer.wrap(new byte[1]));
      runTask();
      assertThat(out.written).isEqualTo(round);
    }
    writer.finish();
    out.awaitClosed();
  }

  @Test
  void endsWhenItIsClosedWhereverItIs() throws Exception {
    for (int round = 0; round < THREADS; round++) {
      Counting out = new Counting();
      PipeWriter writer = started(out);
      writer.write(ByteBuffer.wrap(new byte[1]));
      writer.close();
      out.awaitClosed();
    }
  }
}
