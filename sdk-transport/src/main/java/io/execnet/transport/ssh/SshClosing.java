package io.execnet.transport.ssh;

import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.Closeable;
import reactor.core.scheduler.Schedulers;

/** Closes what is SSHD's in an orderly way, which needs the other side, but not for ever. */
final class SshClosing {

  private static final long PATIENCE_MILLIS = 2_000;

  private SshClosing() {}

  /**
   * Closes it; any thread.
   *
   * @param immediately whether the other side need not be told
   */
  static void close(Closeable what, boolean immediately) {
    SshClients.WORKERS.execute(
        () -> {
          what.close(immediately);
          if (!immediately && !what.isClosed()) {
            Schedulers.parallel()
                .schedule(() -> force(what), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
          }
        });
  }

  private static void force(Closeable what) {
    if (!what.isClosed()) {
      SshClients.WORKERS.execute(() -> what.close(true));
    }
  }
}
