package io.execnet.transport.ssh;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Forwards TCP connections until it is told to stall: then nothing comes through any more, and
 * neither side is told, as where a route is dropped.
 */
public final class StallingProxy implements AutoCloseable {

  private final ServerSocket listener;
  private final int target;
  private final int atATime;
  private final List<Closeable> open = new CopyOnWriteArrayList<>();
  private volatile boolean stalled;

  /** Forwards to this port. */
  public StallingProxy(int target) throws IOException {
    this(target, 64 * 1024);
  }

  /** The same, no more than so many bytes at a time. */
  public StallingProxy(int target, int atATime) throws IOException {
    this.target = target;
    this.atATime = atATime;
    this.listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    start(this::accept);
  }

  /** Where it listens. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Lets nothing through from now on. */
  public void stall() {
    stalled = true;
  }

  private void accept() throws IOException {
    while (true) {
      Socket from = listener.accept();
      Socket to = new Socket("127.0.0.1", target);
      from.setTcpNoDelay(true);
      to.setTcpNoDelay(true);
      open.add(from);
      open.add(to);
      start(() -> copy(from, to));
      start(() -> copy(to, from));
    }
  }

  private void copy(Socket from, Socket to) throws IOException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    byte[] bytes = new byte[atATime];
    for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
      if (!stalled) {
        out.write(bytes, 0, n);
      }
    }
    if (!stalled) {
      to.close();
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // closed
              }
            },
            "stalling-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Closeable socket : open) {
      socket.close();
    }
  }
}
