package io.execnet.transport.popen;

import io.execnet.core.ExitStatus;
import io.execnet.transport.netty.NettyConnection;
import io.execnet.transport.output.OutputTail;
import io.execnet.transport.shell.Signals;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/** The process at the other end of a connection, and what is known of its end. */
final class WorkerProcess implements NettyConnection.Peer {

  /** How long its last output is waited for: a process that it left behind can hold the stream. */
  static final Duration DRAIN = Duration.ofSeconds(1);

  private final Process process;
  private final OutputTail errors;
  private final CompletableFuture<ExitStatus> ended;
  private final CompletableFuture<ExitStatus> drained = new CompletableFuture<>();

  WorkerProcess(Process process, OutputTail errors) {
    this.process = process;
    this.errors = errors;
    this.ended = process.onExit().thenApply(it -> status(it.exitValue()));
  }

  /** Completes as soon as the process has ended. */
  CompletableFuture<ExitStatus> ended() {
    return ended;
  }

  /**
   * Says when all output has been handed over; the exit status is told then, or {@link #DRAIN}
   * later.
   */
  void whenOutputEnds(List<CompletableFuture<Void>> streams) {
    CompletableFuture<Void> all =
        CompletableFuture.allOf(streams.toArray(CompletableFuture[]::new));
    ended.thenAccept(
        status ->
            all.completeOnTimeout(null, DRAIN.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((nothing, failure) -> drained.complete(status)));
  }

  @Override
  public Mono<ExitStatus> exitStatus() {
    return Mono.fromFuture(drained, true);
  }

  @Override
  public String standardError() {
    return errors.text();
  }

  /**
   * Ends it at once. Does not block, as {@link Process#destroyForcibly} can: that closes streams.
   */
  @Override
  public void kill() {
    process.toHandle().destroyForcibly();
  }

  /** Ends it and the processes that it started, as far as they can be found. Blocks. */
  void killTree() {
    List<ProcessHandle> descendants = process.descendants().toList();
    kill();
    descendants.forEach(ProcessHandle::destroyForcibly);
  }

  /** Java tells a signal as 128 plus its number, as shells do. */
  static ExitStatus status(int code) {
    String signal = PythonCommand.WINDOWS ? null : Signals.name(code - 128).orElse(null);
    return new ExitStatus(code, signal);
  }
}
