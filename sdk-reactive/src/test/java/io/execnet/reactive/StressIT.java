package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.testing.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What threads share, under jcstress: in one kind of JVM, for a short time. {@code
 * -Dexecnet.stress="-m default"} looks more closely.
 *
 * <p>Shared, and here: {@link Demand}, {@link ReceiveQueue} and what takes from several, {@link
 * ChannelMerge}; both kinds of {@link ReceiveWindow}; {@link ItemSender}; {@link OutputHub} with
 * {@link OutputSubscriber}; {@link SlotPool}, {@link MapSlot} and {@link MapAttempt}; {@link
 * GroupOpening}; {@link io.execnet.transport.Handover}; what reads a channel of SSH, and the tunnel
 * through a jump host. Shared, and in a test of its module, with threads of its own: what writes a
 * pipe.
 *
 * <p>Shared, but by no more than a lock, a volatile field or a sink of Reactor's: {@link
 * CommandResult}, {@link FailureSignal}, {@link GatewayRegistry}, {@link DefaultGroup}, {@link
 * DefaultGatewayManager}, {@link DefaultMultiExec}, {@link MapWorker}; and what {@link
 * ChannelState}, {@link GatewayEnding}, {@link EngineEvents} and {@link GatewayOutput} let others
 * see of what they do on the event loop. {@link MapRun} counts its workers in one atomic number. In
 * a {@link DefaultBlockingChannel} whoever receives holds a lock, and gets what comes from a queue
 * of the JDK's.
 *
 * <p>The same in transports: sessions of SSH, who has joined and left them, how one connects and
 * what a tunnel has to write are each under a lock, and a lease is given back by one atomic flag;
 * the ends of processes and of what they print are futures; what reads a pipe waits for permits of
 * a semaphore, and the event loop has the chunk until it gives the next.
 *
 * <p>Confined to the event loop of a gateway: the protocol engine and all of its package, {@link
 * SendQueue}, {@link ReadGate}, {@link WriteGate}, {@link FrameWriter}, {@link FramedOutput},
 * {@link Heartbeat}, {@link FlowWatch}, {@link ChannelOpener}, and connections, but for what {@link
 * io.execnet.transport.Connection} says. BlockHound sees to it that it never waits.
 */
class StressIT {

  private static final Duration PATIENCE = Duration.ofMinutes(30);

  @TempDir Path folder;

  @Test
  void everyOutcomeIsOneThatMayBe() {
    String options =
        System.getProperty(
            "execnet.stress", "-m quick -iters 3 -time 150 -sc false -jvmArgs -Xmx256m");
    List<String> command = new ArrayList<>();
    // it leaves its results where it runs
    command.addAll(List.of("sh", "-c", "cd \"$0\" && exec \"$@\"", folder.toString()));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add("org.openjdk.jcstress.Main");
    command.addAll(List.of(options.split(" ")));
    Command.Result result = Command.run(PATIENCE, command.toArray(String[]::new));

    assertThat(result.output())
        .contains(
            "Failed tests: No matches", "Error tests: No matches", "18 matching test results");
    assertThat(result.status()).isZero();
  }
}
