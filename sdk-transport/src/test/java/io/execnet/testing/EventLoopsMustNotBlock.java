package io.execnet.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import reactor.netty.tcp.TcpResources;

/** Shows that the tests of a module run under BlockHound. */
public interface EventLoopsMustNotBlock {

  @Test
  default void aBlockingCallOnAnEventLoopIsAnError() {
    CompletableFuture<Void> call =
        CompletableFuture.runAsync(
            () -> LockSupport.parkNanos(1_000_000), TcpResources.get().onServer(true).next());
    assertThatThrownBy(call::join).hasMessageContaining("Blocking call");
  }
}
