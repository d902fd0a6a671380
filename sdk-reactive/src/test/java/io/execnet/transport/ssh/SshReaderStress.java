package io.execnet.transport.ssh;

import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.common.future.CancelOption;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.future.DefaultVerifiableSshFuture;
import org.apache.sshd.common.future.SshFutureListener;
import org.apache.sshd.common.io.IoInputStream;
import org.apache.sshd.common.io.IoReadFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A read that is answered just when the channel closes: its bytes are taken, or the end is told.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE)
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE)
@State
public class SshReaderStress {

  private final Stream stream = new Stream();
  private final Counts counts = new Counts();
  private SshFutureListener<CloseFuture> onClose;

  /** Reads. */
  public SshReaderStress() {
    SshReader reader = new SshReader(channel(), stream, counts);
    reader.request();
    while (!reader.isWaiting()) {
      Thread.onSpinWait(); // until the thread that reads has begun
    }
  }

  private ClientChannel channel() {
    Class<?>[] types = {ClientChannel.class};
    return (ClientChannel)
        Proxy.newProxyInstance(
            ClientChannel.class.getClassLoader(),
            types,
            (proxy, method, arguments) -> {
              onClose = listener(arguments[0]);
              return null;
            });
  }

  @SuppressWarnings("unchecked") // the only method that is called
  private static SshFutureListener<CloseFuture> listener(Object argument) {
    return (SshFutureListener<CloseFuture>) argument;
  }

  private static final class Stream extends AbstractCloseable implements IoInputStream {

    private volatile Read pending;

    @Override
    public IoReadFuture read(Buffer buffer) {
      pending = new Read(buffer);
      return pending;
    }
  }

  private static final class Read extends DefaultVerifiableSshFuture<IoReadFuture>
      implements IoReadFuture {

    private final Buffer buffer;

    Read(Buffer buffer) {
      super("a read", null);
      this.buffer = buffer;
    }

    @Override
    public Buffer getBuffer() {
      return buffer;
    }

    @Override
    public int getRead() {
      return 1;
    }

    @Override
    public Throwable getException() {
      return null;
    }

    @Override
    public IoReadFuture verify(long timeout, CancelOption... options) {
      throw new UnsupportedOperationException();
    }
  }

  private static final class Counts implements SshReader.Taker {

    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger ends = new AtomicInteger();

    @Override
    public void take(byte[] bytes, int length) {
      taken.incrementAndGet();
    }

    @Override
    public void end() {
      ends.incrementAndGet();
    }
  }

  /** Answers. */
  @Actor
  public void answers() {
    stream.pending.setValue(1);
  }

  /** Closes. */
  @Actor
  public void closes() {
    onClose.operationComplete(null);
  }

  /** Looks. */
  @Arbiter
  public void look(II_Result result) {
    result.r1 = counts.taken.get();
    result.r2 = counts.ends.get();
  }
}
