package io.execnet.transport.socket;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.spec.XSpec;
import io.execnet.core.worker.ServerProgram;
import io.execnet.transport.OutputLine.Stream;
import io.execnet.transport.output.BlockingWork;
import io.execnet.transport.output.OutputSink;
import io.execnet.transport.popen.PythonCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A socket server in a process of this host, which ends with this JVM, however that ends. The same
 * program runs elsewhere by itself: {@link ServerProgram#source()}.
 */
public final class SocketServer implements AutoCloseable {

  private final Process process;
  private final String address;

  private SocketServer(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  /**
   * Starts one, on subscription.
   *
   * @param interpreter which interpreter runs it: the spec's {@code python=}
   * @param arguments the command line of the program: {@code --help} tells them
   * @param log gets each line that the server and what it executes write, long ones in parts, on a
   *     thread that may block; while it does, they block too
   * @return the server, which listens; or a {@link BootstrapException} where it ended instead,
   *     after {@code log} got to know why
   */
  public static Mono<SocketServer> start(
      XSpec interpreter, List<String> arguments, Consumer<String> log) {
    return Mono.defer(
            () -> {
              AtomicBoolean cancelled = new AtomicBoolean();
              AtomicReference<@Nullable Process> started = new AtomicReference<>();
              return Mono.fromCallable(
                      () -> {
                        Process process = start(interpreter, arguments);
                        started.set(process);
                        if (cancelled.get()) {
                          process.destroy();
                        }
                        SocketServer server = await(process, log);
                        started.set(null); // a later cancel is none of the start
                        return server;
                      })
                  .subscribeOn(BlockingWork.STARTS)
                  .doOnCancel(
                      () -> {
                        cancelled.set(true);
                        Process process = started.get();
                        if (process != null) {
                          process.destroy();
                        }
                      });
            })
        .doOnDiscard(SocketServer.class, SocketServer::close);
  }

  private static SocketServer await(Process process, Consumer<String> log)
      throws IOException, InterruptedException {
    Mono<Void> logged =
        Mono.<Void>fromRunnable(() -> log(process, log)).subscribeOn(BlockingWork.OUTPUT).cache();
    logged.subscribe();
    try {
      OutputStream in = process.getOutputStream();
      in.write(ServerProgram.bootstrapLine().getBytes(StandardCharsets.US_ASCII));
      in.flush();
    } catch (IOException e) {
      // it does not listen: how it ends says more
    }
    String address = process.inputReader(StandardCharsets.UTF_8).readLine();
    if (address != null) {
      return new SocketServer(process, address);
    }
    int status = process.waitFor();
    logged.block();
    throw new BootstrapException(
        Reason.EXITED, "the socket server ended with status " + status, "", null);
  }

  private static Process start(XSpec interpreter, List<String> arguments) {
    List<String> command = new ArrayList<>(PythonCommand.of(interpreter));
    command.addAll(arguments);
    command.add("--until-eof"); // this side holds its standard input until the end
    return PythonCommand.start(new ProcessBuilder(command));
  }

  private static void log(Process process, Consumer<String> log) {
    OutputSink lines =
        new OutputSink("socketserver", Stream.STDERR, line -> log.accept(line.text()));
    byte[] bytes = new byte[8192];
    try (InputStream errors = process.getErrorStream()) {
      for (int n = errors.read(bytes); n >= 0; n = errors.read(bytes)) {
        lines.accept(bytes, n);
      }
    } catch (IOException e) {
      // it has ended
    }
    lines.end();
  }

  /** Where it listens, as {@code host:port}. */
  public String address() {
    return address;
  }

  /** Completes with its exit status when it has ended by itself or was ended. */
  public Mono<Integer> ended() {
    return Mono.fromFuture(() -> process.onExit().thenApply(Process::exitValue), true);
  }

  /** Ends it, and the connections that it serves. */
  @Override
  public void close() {
    process.destroy();
  }
}
