package io.execnet.transport;

import io.execnet.core.ExitStatus;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** A connection that goes nowhere; every thread is its event loop, one at a time. */
public abstract class IdleConnection implements Connection, EventLoop {

  @Override
  public EventLoop eventLoop() {
    return this;
  }

  @Override
  public boolean inEventLoop() {
    return true;
  }

  @Override
  public synchronized void execute(Runnable task) {
    task.run();
  }

  @Override
  public void setReading(boolean reading) {}

  @Override
  public void write(ByteBuffer bytes) {}

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public void close() {}

  @Override
  public void kill() {}

  @Override
  public Mono<ExitStatus> exitStatus() {
    return Mono.empty();
  }

  @Override
  public Optional<SocketAddress> remoteAddress() {
    return Optional.empty();
  }

  @Override
  public String standardError() {
    return "";
  }
}
