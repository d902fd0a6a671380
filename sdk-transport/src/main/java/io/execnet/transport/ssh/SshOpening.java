package io.execnet.transport.ssh;

import io.execnet.core.BootstrapException;
import io.execnet.core.BootstrapException.Reason;
import io.netty.channel.EventLoop;
import java.io.IOException;
import org.apache.sshd.common.channel.StreamingChannel.Streaming;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Opens a channel on a session and runs a command there. */
final class SshOpening {

  /** The server takes no further channel on this session; it may on another. */
  static final class FullException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    FullException() {
      super("the session is full", null, false, false);
    }
  }

  private final SshCommands commands;
  private final SshLease lease;
  private final SshTarget target;
  private final EventLoop loop;
  private final SshErrors errors;
  private final MonoSink<SshConnection> sink;

  private SshOpening(
      SshCommands commands,
      SshLease lease,
      EventLoop loop,
      SshErrors errors,
      MonoSink<SshConnection> sink) {
    this.commands = commands;
    this.lease = lease;
    this.target = lease.shared().key().target();
    this.loop = loop;
    this.errors = errors;
    this.sink = sink;
  }

  /**
   * Opens it, and takes the lease over.
   *
   * @return the stream to the command; a {@link FullException} where another session may help
   */
  static Mono<SshConnection> open(
      SshCommands commands, SshLease lease, String command, EventLoop loop, SshErrors errors) {
    return Mono.<SshConnection>create(
            sink ->
                SshClients.WORKERS.execute(
                    () -> new SshOpening(commands, lease, loop, errors, sink).run(command)))
        .doOnDiscard(SshConnection.class, SshConnection::kill);
  }

  private void run(String command) {
    SshExec channel;
    try {
      channel = SshExec.create(lease.session(), command);
      channel.setStreaming(Streaming.Async);
    } catch (IOException | RuntimeException e) {
      fail(e);
      return;
    }
    SshExit exit = new SshExit(channel);
    exit.listen();
    // a channel that is still being opened closes when the server has answered
    sink.onCancel(() -> cancel(channel));
    try {
      channel
          .open()
          .addListener(
              it -> {
                if (it.isOpened()) {
                  opened(channel, exit);
                } else {
                  fail(it.getException());
                }
              });
    } catch (IOException | RuntimeException e) {
      SshClosing.close(channel, true);
      fail(e);
    }
  }

  private void opened(SshExec channel, SshExit exit) {
    sink.success(new SshConnection(commands, lease, channel, exit, loop, errors));
  }

  private void cancel(SshExec channel) {
    channel.addCloseFutureListener(it -> lease.release());
    SshClosing.close(channel, false);
  }

  private void fail(@Nullable Throwable error) {
    boolean again = error instanceof SshChannelOpenException && lease.full();
    boolean ended = lease.session().isClosing();
    lease.release();
    if (again) {
      sink.error(new FullException());
    } else if (ended) {
      sink.error(SshFailures.unreachable(target, "it closed the connection", error));
    } else {
      String why = error == null ? "" : ": " + ServerText.readable(error.getMessage());
      sink.error(
          new BootstrapException(
              Reason.EXITED, target.shown() + " opens no channel for a command" + why, "", error));
    }
  }
}
