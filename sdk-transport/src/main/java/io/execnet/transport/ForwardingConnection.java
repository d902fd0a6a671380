package io.execnet.transport;

import io.execnet.core.ExitStatus;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** A connection upon another, which does whatever a subclass does not do itself. */
public abstract class ForwardingConnection implements Connection {

  protected final Connection raw;

  protected ForwardingConnection(Connection raw) {
    this.raw = raw;
  }

  @Override
  public EventLoop eventLoop() {
    return raw.eventLoop();
  }

  @Override
  public void start(ConnectionHandler handler) {
    raw.start(handler);
  }

  @Override
  public void setReading(boolean reading) {
    raw.setReading(reading);
  }

  @Override
  public void write(ByteBuffer bytes) {
    raw.write(bytes);
  }

  @Override
  public boolean isWritable() {
    return raw.isWritable();
  }

  @Override
  public void close() {
    raw.close();
  }

  @Override
  public void kill() {
    raw.kill();
  }

  @Override
  public Mono<ExitStatus> exitStatus() {
    return raw.exitStatus();
  }

  @Override
  public Optional<SocketAddress> remoteAddress() {
    return raw.remoteAddress();
  }

  @Override
  public String standardError() {
    return raw.standardError();
  }

  @Override
  public String toString() {
    return raw.toString();
  }
}
