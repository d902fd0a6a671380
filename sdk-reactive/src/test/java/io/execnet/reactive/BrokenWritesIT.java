package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.GatewayLostException;
import io.execnet.testing.Leftovers;
import io.execnet.transport.Connection;
import io.execnet.transport.ForwardingConnection;
import io.execnet.transport.Transport;
import io.execnet.transport.Transports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real worker over a transport that can't be written to at some time, as a real one may be. */
@Timeout(120)
class BrokenWritesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final GroupOptions OPTIONS =
      GroupOptions.defaults()
          .withSendBuffer(4, 1 << 20)
          .withTerminateTimeout(Duration.ofSeconds(1));

  private final Leftovers before = Leftovers.now();
  private Group group = Group.create();
  private volatile boolean fails;
  private volatile boolean hangs;

  @BeforeAll
  static void openOnce() {
    // the JVM keeps a socket from its first use of one
    try (Group group = Group.create()) {
      group.makeGateway().block(PATIENCE);
    }
  }

  private final class Breaking extends ForwardingConnection {

    Breaking(Connection raw) {
      super(raw);
    }

    @Override
    public void write(ByteBuffer bytes) {
      if (fails) {
        throw new UncheckedIOException("no more of that", new IOException());
      }
      if (hangs) {
        bytes.position(bytes.limit());
      } else {
        raw.write(bytes);
      }
    }

    @Override
    public boolean isWritable() {
      return !hangs && raw.isWritable();
    }

    @Override
    public void close() {
      if (!hangs) { // else it would come after what was written
        raw.close();
      }
    }
  }

  private Gateway open(GroupOptions options) {
    Transport real = new Transports();
    group =
        new DefaultGroup(
            options, (spec, id, settings) -> real.open(spec, id, settings).map(Breaking::new));
    return Opening.open(group, "popen");
  }

  @AfterEach
  void nothingIsLeft() {
    group.close();
    before.awaitNoMore();
  }

  @Test
  void aWriteThatFails() {
    Gateway gateway = open(OPTIONS);
    Waiting waiting = new Waiting(gateway, Fault.ALREADY_OPEN);
    fails = true;
    Ending.of("the next message", gateway.remoteStatus());
    assertThat(waiting.hasEnded())
        .isInstanceOf(GatewayLostException.class)
        .hasMessageContaining("can't be written to")
        .hasMessageContaining("no more of that");
  }

  @Test
  void aWriteThatNeverCompletes() {
    Gateway gateway = open(OPTIONS);
    Waiting waiting = new Waiting(gateway, Fault.ALREADY_OPEN);
    hangs = true;
    Ending message = Ending.of("the next message", gateway.remoteStatus());
    assertThat(gateway.flow().blockOptional(PATIENCE).orElseThrow().isWritable()).isFalse();
    assertThat(gateway.exit().blockOptional(PATIENCE).orElseThrow().outcome())
        .isEqualTo(GatewayEnd.Outcome.KILLED);
    assertThat(waiting.hasEnded()).isInstanceOf(ChannelClosedException.class);
    assertThat(message.error(PATIENCE)).isInstanceOf(ChannelClosedException.class);
  }

  @Test
  void aPingFindsThatWritesDoNotComplete() {
    Gateway gateway = open(OPTIONS.withPing(Duration.ofSeconds(1)));
    Waiting waiting = new Waiting(gateway, Fault.ALREADY_OPEN);
    hangs = true;
    assertThat(waiting.hasEnded()).isInstanceOf(GatewayLostException.class);
  }
}
