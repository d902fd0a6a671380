package io.execnet.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

class NettyLeakGuardTest {

  @Test
  void findsABufferThatNobodyReleased() {
    boolean meant = Boolean.getBoolean("execnet.test.leak"); // to see the build fail by hand
    leak();
    if (!meant) {
      assertThat(NettyLeakGuard.collect())
          .singleElement()
          .asString()
          .contains("NettyLeakGuardTest.leak(");
    }
  }

  @Test
  void doesNotReportWhatWasReleased() {
    ByteBufAllocator.DEFAULT.directBuffer(16).release();
    assertThat(NettyLeakGuard.collect()).isEmpty();
  }

  private static void leak() {
    ByteBuf lost = ByteBufAllocator.DEFAULT.directBuffer(16);
    lost.writeByte(1);
  }
}
