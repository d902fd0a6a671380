package io.execnet.transport;

import static io.execnet.transport.PeerConnections.finish;
import static io.execnet.transport.PeerConnections.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** How every transport hands over what its peer prints. */
public interface OutputContract extends PeerConnections {

  /** Whether what the peer writes to its standard output arrives as lines. */
  boolean carriesStandardOutput();

  @Test
  default void handsOverOutputByLine() throws Exception {
    List<OutputLine> lines = Collections.synchronizedList(new ArrayList<>());
    Connection connection = connect(Map.of("PEER", "prints"), lines::add);
    Received received = Received.from(connection);
    received.awaitClosed();
    connection.exitStatus().block(PATIENCE);
    assertThat(lines)
        .filteredOn(
            line -> line.stream() == OutputLine.Stream.STDERR && !line.text().startsWith("out"))
        .extracting(OutputLine::text)
        .containsExactly("err: first", "err: no end");
    if (carriesStandardOutput()) {
      assertThat(lines)
          .filteredOn(line -> line.stream() == OutputLine.Stream.STDOUT)
          .extracting(OutputLine::text)
          .containsExactly("out: grüß dich");
    }
  }

  @Test
  default void aBlockedConsumerBlocksWhoPrintsAndNobodyElse() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger lines = new AtomicInteger();
    Consumer<OutputLine> blocked =
        line -> {
          try {
            release.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          lines.incrementAndGet();
        };
    String fd = carriesStandardOutput() ? "1" : "2";
    Map<String, String> flood = Map.of("PEER", "print_flood", "LINES", "200000", "FD", fd);
    Connection connection = connect(flood, blocked);
    Received received = Received.from(connection);
    Connection other = connect("echo");
    Received echoed = Received.from(other);
    write(other, new byte[100_000]);
    echoed.awaitBytes(100_000);
    finish(other, echoed);
    assertThat(received.count()).isZero(); // 20 MB are not printed while nobody takes them
    release.countDown();
    received.awaitClosed();
    assertThat(received.text()).isEqualTo("printed");
    Awaitility.await().atMost(PATIENCE).untilAtomic(lines, org.hamcrest.Matchers.is(200_000));
  }

  @Test
  default void aFailingConsumerDoesNoHarm() throws Exception {
    Connection connection =
        connect(
            Map.of("PEER", "prints", "THEN", "stay"),
            line -> {
              throw new UnsupportedOperationException("part of a test") {
                private static final long serialVersionUID = 1L;

                @Override
                public Throwable fillInStackTrace() {
                  return this;
                }
              };
            });
    Received received = Received.from(connection);
    write(connection, new byte[10]);
    received.awaitBytes(10);
    finish(connection, received);
  }
}
