package io.execnet.reactive;

import io.execnet.transport.socket.SocketServices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;

/** One service for all tests of this JVM, which ends with it. */
final class SharedService {

  private static final int PORT = port();

  private SharedService() {}

  private static int port() {
    Runtime.getRuntime().addShutdownHook(new Thread(SharedService::stop));
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void stop() {
    new SocketServices().stop(PORT).block(Duration.ofSeconds(30));
  }

  /** A spec that reaches it, and starts it where it is not there yet. */
  static String spec() {
    return "socketservice=" + PORT;
  }
}
