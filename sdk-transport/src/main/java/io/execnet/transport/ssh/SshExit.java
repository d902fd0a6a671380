package io.execnet.transport.ssh;

import io.execnet.core.ExitStatus;
import io.execnet.transport.shell.Signals;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelListener;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** How the process at the other end of a channel ended, as the server says. */
final class SshExit implements ChannelListener {

  /** How long its last output is waited for: a process that it left behind can hold the stream. */
  private static final long DRAIN_MILLIS = 1_000;

  private final ClientChannel channel;
  private final CompletableFuture<@Nullable ExitStatus> told = new CompletableFuture<>();
  private final CompletableFuture<@Nullable ExitStatus> drained = new CompletableFuture<>();

  SshExit(ClientChannel channel) {
    this.channel = channel;
  }

  /** Begins to listen, when the channel is not open yet. */
  void listen() {
    channel.addChannelListener(this);
    channel.addCloseFutureListener(
        it -> {
          look();
          told.complete(null); // the server can't say it any more
        });
  }

  /** Waits for these before it tells. */
  void after(CompletableFuture<Void> output) {
    told.thenAccept(
        status ->
            output
                .copy()
                .completeOnTimeout(null, DRAIN_MILLIS, TimeUnit.MILLISECONDS)
                .whenComplete((nothing, error) -> drained.complete(status)));
  }

  /** Completes as soon as the server has said it; null if it never will. */
  CompletableFuture<@Nullable ExitStatus> told() {
    return told;
  }

  Mono<ExitStatus> status() {
    return Mono.fromFuture(drained, true);
  }

  @Override
  public void channelStateChanged(Channel changed, String hint) {
    look();
  }

  private void look() {
    String signal = channel.getExitSignal();
    Integer code = channel.getExitStatus();
    if (signal != null) {
      String name = "SIG" + ServerText.readable(signal);
      told.complete(new ExitStatus(128 + Signals.number(name).orElse(0), name));
    } else if (code != null) {
      told.complete(ExitStatus.ofCode(code));
    }
  }
}
