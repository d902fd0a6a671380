package io.execnet.transport.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.execnet.core.XSpecException;
import io.execnet.testing.FreePort;
import io.execnet.transport.Connection;
import io.execnet.transport.Credentials;
import io.execnet.transport.PeerConnections;
import io.execnet.transport.TransportOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** Hosts that are not there, or are something else, and starts that are given up. */
class UnreachableIT extends SshGateways {

  private static final String NO_CONFIG = "ssh=-F none -o StrictHostKeyChecking=no ";

  private Mono<Connection> within(Duration timeout, String spec) {
    return open(spec, options(timeout, TransportOptions.DEFAULT_KEEP_ALIVE, Credentials.NONE));
  }

  /** A server that says this and then nothing; its connections come into the queue. */
  private int saying(String text, BlockingQueue<Socket> connections) throws IOException {
    ServerSocket listener = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
    Thread thread =
        new Thread(
            () -> {
              try {
                while (true) {
                  Socket socket = listener.accept();
                  socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
                  connections.add(socket);
                }
              } catch (IOException e) {
                // the test is over
              }
            });
    thread.start();
    closeLater(
        () -> {
          listener.close();
          for (Socket socket : connections) {
            socket.close();
          }
          thread.join();
        });
    return listener.getLocalPort();
  }

  /** The client's end is gone: then a socket of the test has nothing more to read. */
  private static void awaitEnd(BlockingQueue<Socket> connections) throws Exception {
    Socket socket = connections.poll(30, TimeUnit.SECONDS);
    socket.setSoTimeout(30_000);
    try {
      socket.getInputStream().readAllBytes();
    } catch (java.net.SocketException e) {
      // it was reset, which is an end too
    }
    socket.close();
  }

  @Test
  void saysThatThereIsNoSuchHost() {
    BootstrapException error = failure(open(NO_CONFIG + "no-such-host.invalid"));
    assertThat(error.reason()).isEqualTo(Reason.HOST_NOT_FOUND);
    assertThat(error).hasMessageContaining("no-such-host.invalid:22: no host has this name");
  }

  @Test
  void saysThatNobodyListens() {
    int port = FreePort.find();
    BootstrapException error = failure(open(NO_CONFIG + "-p " + port + " 127.0.0.1"));
    assertThat(error.reason()).isEqualTo(Reason.HOST_NOT_FOUND);
    assertThat(error).hasMessageContaining("127.0.0.1:" + port + ": Connection refused");
  }

  @Test
  void triesEveryAddressOfAName() throws Exception {
    OpenSshServer server = server(); // on 127.0.0.1 only
    String spec = server.spec("-o StrictHostKeyChecking=no").replace("@127.0.0.1", "@localhost");
    assertWorks(open(spec));
  }

  @Test
  void saysThatItIsNoSshServer() throws Exception {
    BlockingQueue<Socket> connections = new LinkedBlockingQueue<>();
    int port = saying("HTTP/1.1 400 Bad Request\r\n\r\n" + "x".repeat(70_000), connections);
    BootstrapException error = failure(open(NO_CONFIG + "-p " + port + " 127.0.0.1"));
    assertThat(error.reason()).isEqualTo(Reason.HOST_NOT_FOUND);
    assertThat(error).hasMessageContaining("127.0.0.1:" + port + ": no SSH session with it");
    awaitEnd(connections);
  }

  @Test
  void givesUpOnAServerThatSaysNothing() throws Exception {
    BlockingQueue<Socket> connections = new LinkedBlockingQueue<>();
    int port = saying("", connections);
    String host = "-p " + port + " 127.0.0.1";
    BootstrapException error = failure(within(Duration.ofMillis(500), NO_CONFIG + host));
    assertThat(error.reason()).isEqualTo(Reason.HOST_NOT_FOUND);
    assertThat(error).hasMessageContaining("(startTimeout)");
    awaitEnd(connections);
    error = failure(open(NO_CONFIG + "-o ConnectTimeout=1 " + host));
    assertThat(error.reason()).isEqualTo(Reason.HOST_NOT_FOUND);
    assertThat(error).hasMessageContaining("1000 ms (ConnectTimeout)");
    awaitEnd(connections);
  }

  @Test
  void aCancelWhileItConnectsLeavesNothing() throws Exception {
    BlockingQueue<Socket> connections = new LinkedBlockingQueue<>();
    int port = saying("", connections);
    Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    Thread.setDefaultUncaughtExceptionHandler((thread, error) -> uncaught.add(error));
    try {
      for (int i = 0; i < 300; i++) { // the cancel and the connection's completion are a race
        Disposable start = open(NO_CONFIG + "-p " + port + " 127.0.0.1").subscribe();
        Socket socket = connections.poll(30, TimeUnit.SECONDS);
        start.dispose();
        connections.add(socket);
        awaitEnd(connections);
      }
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(null);
    }
    assertThat(uncaught).isEmpty();
  }

  @Test
  void aCancelAtAnyTimeLeavesNothing() throws Exception {
    OpenSshServer server = server();
    for (int i = 0; i < 30; i++) {
      Disposable start = open(server.spec()).subscribe(Connection::kill);
      Mono.delay(Duration.ofMillis(10L * i)).block();
      start.dispose();
    }
    assertWorks(open(server.spec()));
  }

  @Test
  void oneWhoGivesUpDoesNotEndTheOthers() throws Exception {
    OpenSshServer server = server();
    Disposable first = open(server.spec()).subscribe(Connection::kill);
    Mono<Connection> second = open(server.spec()).cache();
    second.subscribe();
    first.dispose();
    assertWorks(second);
  }

  @Test
  void saysThatThereIsNoInterpreter() {
    OpenSshServer server = server();
    BootstrapException error = failure(open(server.spec() + "//python=/no/such/python3 -X utf8"));
    assertThat(error.reason()).isEqualTo(Reason.INTERPRETER_NOT_FOUND);
    assertThat(error)
        .hasMessageContaining("/no/such/python3 -X utf8 on " + OpenSshServer.user() + "@127.0.0.1");
    OpenSshServer bare = server("SetEnv PATH=/no/such/folder");
    error = failure(open(bare.spec()));
    assertThat(error.reason()).isEqualTo(Reason.INTERPRETER_NOT_FOUND);
  }

  @Test
  void givesUpOnAnInterpreterThatDoesNotAnswer() {
    OpenSshServer server = server();
    BootstrapException error =
        failure(within(Duration.ofSeconds(3), server.spec() + "//python=sh -c 'sleep 600'"));
    assertThat(error.reason()).isEqualTo(Reason.TIMEOUT);
    // the command is gone as well, says the stock that is taken at the end
  }

  @Test
  void usesTheInterpreterThatIsNamed() throws Exception {
    OpenSshServer server = server();
    assertWorks(open(server.spec() + "//python=env 'A=it is' /usr/bin/python3 -X utf8"));
    assertWorks(open(server.spec() + "//dont_write_bytecode"));
  }

  @Test
  void refusesWhatItDoesNotUnderstandBeforeAnythingIsStarted() {
    Mono<Connection> start = open("ssh=-F none -o ProxyUseFdpass=yes host");
    Assertions.assertThatThrownBy(() -> PeerConnections.value(start))
        .isInstanceOf(XSpecException.class)
        .hasMessageContaining("-o ProxyUseFdpass is not supported");
  }
}
