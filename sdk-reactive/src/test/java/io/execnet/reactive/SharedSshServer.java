package io.execnet.reactive;

import io.execnet.transport.ssh.OpenSshServer;

/** One OpenSSH server for all tests of this JVM, from its first use until that ends. */
public final class SharedSshServer {

  private static final OpenSshServer SERVER = start();

  private SharedSshServer() {}

  private static OpenSshServer start() {
    OpenSshServer server = OpenSshServer.start();
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    return server;
  }

  /** A spec that logs in; with {@code via=} by OpenSSH's own client. */
  public static String spec() {
    return SERVER.spec();
  }
}
