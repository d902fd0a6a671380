package io.execnet.transport.ssh;

import io.execnet.core.spec.XSpec;
import io.execnet.transport.Connection;
import io.execnet.transport.OutputContract;
import io.execnet.transport.OutputLine;
import io.execnet.transport.TransportContract;
import io.execnet.transport.TransportOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** The contract with a peer on a real OpenSSH server. */
abstract class SshContract implements TransportContract, OutputContract {

  private @TempDir Path home;
  private final Map<Connection, Path> reports = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private OpenSshServer server;
  private SshTransport transport;

  /** Lines for the server's configuration. */
  abstract String[] configuration();

  /** The value for {@code ssh=}. */
  String arguments(OpenSshServer running) {
    return running.arguments();
  }

  @BeforeEach
  void startServer() {
    server = OpenSshServer.start(configuration());
    transport = SshTesting.peers(home);
  }

  @AfterEach
  void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  public boolean carriesStandardOutput() {
    return false; // the peer knows no frames
  }

  /** A full window holds standard error back too, so the peers say in files what they say. */
  @Override
  public String said(Connection connection) {
    Path report = reports.get(connection);
    try {
      return Files.exists(report) ? Files.readString(report) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Mono<Connection> open(Map<String, String> environment, Consumer<OutputLine> output) {
    return Mono.defer(
        () -> {
          Path report = home.resolve("report-" + count.incrementAndGet());
          StringBuilder spec = new StringBuilder("ssh=" + arguments(server));
          spec.append("//env:REPORT=").append(report);
          environment.forEach((key, value) -> spec.append("//env:" + key + "=" + value));
          return transport
              .open(XSpec.parse(spec.toString()), "gw0", new TransportOptions(PATIENCE, output))
              .doOnNext(connection -> reports.put(connection, report));
        });
  }
}
