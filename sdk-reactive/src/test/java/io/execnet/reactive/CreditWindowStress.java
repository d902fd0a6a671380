package io.execnet.reactive;

import io.execnet.core.protocol.Outstanding;
import java.nio.ByteBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * A thread that takes items out, and an event loop that credits them: all of them, with their
 * bytes.
 */
@JCStressTest
@Outcome(id = "0 items of 0 bytes", expect = Expect.ACCEPTABLE)
@State
public class CreditWindowStress {

  private static final int SIZE = 6;

  private static final GroupOptions OPTIONS =
      GroupOptions.defaults().withReceiveBuffer(100, 1_000_000);

  private final LaterConnection connection =
      new LaterConnection() {
        @Override
        byte[] hello() {
          return HELLO_WITH_CREDIT;
        }
      };
  private final DefaultGateway gateway = FakeGateways.over(connection, OPTIONS);
  private final CreditWindow window;

  /** Has three items come on a channel. */
  public CreditWindowStress() {
    connection.start(gateway);
    ChannelState channel = FakeGateways.channel(gateway);
    byte id = (byte) channel.id();
    window = new CreditWindow(gateway, channel, () -> {});
    for (int i = 0; i < 3; i++) {
      gateway.onBytes(
          ByteBuffer.wrap(new byte[] {4, 0, 0, 0, id, 0, 0, 0, SIZE, 'F', 0, 0, 0, 1, 'Q'}));
      window.added(SIZE);
    }
  }

  /** Credits. */
  @Actor
  public void loop() {
    connection.runTasks();
  }

  /** Takes out. */
  @Actor
  public void subscriber() {
    window.removed(SIZE);
    window.removed(SIZE);
    window.removed(SIZE);
  }

  /** Looks. */
  @Arbiter
  public void look(L_Result result) {
    connection.runTasks();
    Outstanding held = window.held();
    result.r1 = held.items() + " items of " + held.bytes() + " bytes";
  }
}
