package io.execnet.transport;

import static io.execnet.transport.PeerConnections.finish;
import static io.execnet.transport.PeerConnections.on;
import static io.execnet.transport.PeerConnections.value;
import static io.execnet.transport.PeerConnections.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.execnet.core.ExitStatus;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** How every connection ends, and what it then tells. */
public interface EndContract extends PeerConnections {

  @Test
  default void tellsHowThePeerEnded() throws Exception {
    Connection connection = connect("die");
    Received received = Received.from(connection);
    write(connection, "7\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(received.awaitClosed()).isEmpty();
    assertThat(received.text()).isEqualTo("last words");
    if (knowsExitStatus()) {
      assertThat(value(connection.exitStatus())).isEqualTo(ExitStatus.ofCode(7));
    }
    assertThat(said(connection)).contains("dying");
    assertThat(received.violations()).isEmpty();
  }

  @Test
  default void tellsWhichSignalEndedThePeer() throws Exception {
    for (String signal : List.of("SIGKILL", "SIGTERM", "SIGSEGV", "SIGINT")) {
      Connection connection = connect("die");
      Received received = Received.from(connection);
      write(connection, (signal + "\n").getBytes(StandardCharsets.US_ASCII));
      received.awaitClosed();
      assertThat(received.text()).isEqualTo("last words");
      if (knowsExitStatus()) {
        assertThat(value(connection.exitStatus()).signal()).contains(signal);
      }
    }
  }

  @Test
  default void handsOverWhatCameBeforeTheHandler() throws Exception {
    Connection connection = connect("grandchild");
    if (knowsExitStatus()) {
      connection.exitStatus().block(PATIENCE);
    }
    Received received = Received.from(connection);
    received.awaitClosed();
    assertThat(received.text()).isEqualTo("last words");
    killGrandchild(connection);
  }

  @Test
  default void endsThoughAGrandchildHoldsTheStream() throws Exception {
    Connection connection = connect("grandchild");
    Received received = Received.from(connection);
    assertThat(received.awaitClosed()).isEmpty();
    assertThat(received.text()).isEqualTo("last words");
    if (knowsExitStatus()) {
      assertThat(value(connection.exitStatus())).isEqualTo(ExitStatus.ofCode(3));
    }
    killGrandchild(connection);
  }

  private void killGrandchild(Connection connection) {
    String text = said(connection).strip();
    long pid = Long.parseLong(text.substring(text.lastIndexOf(' ') + 1));
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  default void handsOverWhatComesAfterItHasClosed() throws Exception {
    Connection connection = connect("farewell");
    Received received = Received.from(connection);
    connection.close();
    assertThat(received.awaitClosed()).isEmpty();
    if (hearsAfterClose()) {
      assertThat(received.text()).isEqualTo("last words");
    }
    assertThat(received.violations()).isEmpty();
  }

  /** Such a peer can't see that its input has ended. */
  @Test
  default void closeEndsAPeerThatWritesWhileNobodyReads() throws Exception {
    Connection connection = connect("flood");
    on(connection, () -> connection.setReading(false));
    Received received = Received.counting(connection);
    write(connection, "16000000".getBytes(StandardCharsets.US_ASCII));
    Awaitility.await().atMost(PATIENCE).until(() -> said(connection).contains("blocked after"));
    connection.close();
    assertThat(received.awaitClosed()).isEmpty();
    if (knowsExitStatus()) {
      ExitStatus status = value(connection.exitStatus());
      if (hearsAfterClose()) { // else it writes to nobody
        assertThat(status).isEqualTo(ExitStatus.ofCode(0));
      }
    }
    assertThat(received.violations()).isEmpty();
  }

  @Test
  default void killEndsAPeerThatDoesNotListen() throws Exception {
    Connection connection = connect("stubborn");
    Received received = Received.from(connection);
    connection.kill();
    connection.kill();
    received.awaitClosed();
    if (knowsExitStatus()) {
      assertThat(value(connection.exitStatus()).signal()).contains("SIGKILL");
    }
    connection.close();
    on(connection, () -> connection.write(ByteBuffer.allocate(1)));
    assertThat(received.violations()).isEmpty();
  }

  @Test
  default void takesOneHandlerOnly() throws Exception {
    Connection connection = connect("echo");
    Received received = Received.from(connection);
    assertThatThrownBy(() -> connection.start(received)).isInstanceOf(IllegalStateException.class);
    finish(connection, received);
  }

  @Test
  default void cancellingTheExitStatusChangesNothing() throws Exception {
    Connection connection = connect("echo");
    Received received = Received.from(connection);
    connection.exitStatus().subscribe().dispose();
    finish(connection, received);
    if (knowsExitStatus()) {
      assertThat(value(connection.exitStatus())).isEqualTo(ExitStatus.ofCode(0));
    }
  }
}
