package io.execnet.reactive;

import io.execnet.testing.FreePort;
import io.execnet.transport.socket.SocketServices;
import java.time.Duration;

/** One service for all tests of this JVM, which ends with it. */
public final class SharedService {

  private static final int PORT = port();

  private SharedService() {}

  private static int port() {
    Runtime.getRuntime().addShutdownHook(new Thread(SharedService::stop));
    return FreePort.find();
  }

  private static void stop() {
    new SocketServices().stop(PORT).block(Duration.ofSeconds(30));
  }

  /** A spec that reaches it, and starts it where it is not there yet. */
  public static String spec() {
    return "socketservice=" + PORT;
  }
}
