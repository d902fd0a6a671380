package io.execnet.transport.popen;

import io.execnet.core.ExitStatus;
import io.execnet.transport.netty.NettyConnection;
import io.execnet.transport.output.OutputTail;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/** The process at the other end of a connection, and what is known of its end. */
final class WorkerProcess implements NettyConnection.Peer {

  /** How long its last output is waited for: a process that it left behind can hold the stream. */
  static final Duration DRAIN = Duration.ofSeconds(1);

  private static final Map<Integer, String> SIGNALS =
      Map.ofEntries(
          Map.entry(1, "SIGHUP"),
          Map.entry(2, "SIGINT"),
          Map.entry(3, "SIGQUIT"),
          Map.entry(4, "SIGILL"),
          Map.entry(5, "SIGTRAP"),
          Map.entry(6, "SIGABRT"),
          Map.entry(7, "SIGBUS"),
          Map.entry(8, "SIGFPE"),
          Map.entry(9, "SIGKILL"),
          Map.entry(10, "SIGUSR1"),
          Map.entry(11, "SIGSEGV"),
          Map.entry(12, "SIGUSR2"),
          Map.entry(13, "SIGPIPE"),
          Map.entry(14, "SIGALRM"),
          Map.entry(15, "SIGTERM"),
          Map.entry(24, "SIGXCPU"),
          Map.entry(25, "SIGXFSZ"));

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
    String signal = PythonCommand.WINDOWS ? null : SIGNALS.get(code - 128);
    return new ExitStatus(code, signal);
  }
}
