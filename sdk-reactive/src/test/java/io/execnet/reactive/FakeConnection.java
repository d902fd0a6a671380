package io.execnet.reactive;

import io.execnet.core.ExitStatus;
import io.execnet.transport.Connection;
import io.execnet.transport.ConnectionHandler;
import io.execnet.transport.EventLoop;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A connection that goes nowhere; every thread is its event loop. */
class FakeConnection implements Connection {

  boolean reading = true;
  boolean writable = true;
  int written;
  @Nullable Error writeFailure;
  @Nullable ConnectionHandler handler;

  @Override
  public EventLoop eventLoop() {
    return new EventLoop() {
      @Override
      public boolean inEventLoop() {
        return true;
      }

      @Override
      public void execute(Runnable task) {
        task.run();
      }
    };
  }

  @Override
  public void start(ConnectionHandler listener) {
    handler = listener;
  }

  @Override
  public void setReading(boolean on) {
    reading = on;
  }

  @Override
  public void write(ByteBuffer bytes) {
    if (writeFailure != null) {
      throw writeFailure;
    }
    written += bytes.remaining();
  }

  @Override
  public boolean isWritable() {
    return writable;
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
