package io.execnet.transport.ssh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousSocketChannel;
import java.util.concurrent.CancellationException;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.FactoryManager;
import org.apache.sshd.common.PropertyResolver;
import org.apache.sshd.common.io.DefaultIoConnectFuture;
import org.apache.sshd.common.io.IoConnectFuture;
import org.apache.sshd.common.io.IoConnector;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoServiceFactory;
import org.apache.sshd.common.io.nio2.Nio2CompletionHandler;
import org.apache.sshd.common.io.nio2.Nio2Connector;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactory;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactoryFactory;
import org.apache.sshd.common.util.threads.ThreadUtils;
import org.jspecify.annotations.Nullable;

/**
 * SSHD's own way to connect waits for each connection on a thread of the few that there are, so
 * that some hosts which don't answer would stop everything. This one does not wait; and where an
 * attempt goes through a jump host, it connects from there.
 */
final class AsyncConnectors extends Nio2ServiceFactoryFactory {

  private final SshWorkers workers;

  AsyncConnectors(SshWorkers workers) {
    this.workers = workers;
  }

  @Override
  public IoServiceFactory create(FactoryManager manager) {
    return new Nio2ServiceFactory(manager, workers, workers) {
      @Override
      public IoConnector createConnector(IoHandler handler) {
        try {
          return autowireCreatedService(new AsyncConnector(this, manager, handler, workers));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  private static final class AsyncConnector extends Nio2Connector {

    AsyncConnector(
        Nio2ServiceFactory services, FactoryManager manager, IoHandler handler, SshWorkers workers)
        throws IOException {
      super(
          services,
          manager,
          handler,
          AsynchronousChannelGroup.withThreadPool(ThreadUtils.noClose(workers)),
          workers);
    }

    @Override
    public IoConnectFuture connect(
        SocketAddress address,
        @Nullable AttributeRepository context,
        @Nullable SocketAddress localAddress) {
      SshAttempt attempt = SshAttempt.of(context);
      ClientSession jump = attempt.jump();
      return jump == null
          ? connect(address, context)
          : JumpTunnel.open(
              jump, attempt.context(), (InetSocketAddress) address, this, getIoHandler());
    }

    /** Where a cancel comes first SSHD closes the session, and then throws at its own thread. */
    @Override
    protected Nio2CompletionHandler<Void, Object> createConnectionCompletionHandler(
        IoConnectFuture future,
        AsynchronousSocketChannel socket,
        @Nullable AttributeRepository context,
        PropertyResolver properties,
        IoHandler handler) {
      return new ConnectionCompletionHandler(future, socket, context, properties, handler) {
        @Override
        protected void onCompleted(@Nullable Void result, @Nullable Object attachment) {
          try {
            super.onCompleted(result, attachment);
          } catch (CancellationException e) {
            // whoever cancelled knows
          }
        }
      };
    }

    private IoConnectFuture connect(SocketAddress address, @Nullable AttributeRepository context) {
      DefaultIoConnectFuture future = new DefaultIoConnectFuture(address, null);
      try {
        AsynchronousSocketChannel socket =
            openAsynchronousSocketChannel(address, getChannelGroup());
        future.addListener(
            it -> {
              if (it.getSession() == null) { // cancelled or failed
                closeQuietly(socket);
              }
            });
        setSocketOptions(socket)
            .connect(
                address,
                null,
                createConnectionCompletionHandler(
                    future, socket, context, propertyResolver, getIoHandler()));
      } catch (IOException | RuntimeException e) {
        future.setException(e);
      }
      return future;
    }

    private static void closeQuietly(AsynchronousSocketChannel socket) {
      try {
        socket.close();
      } catch (IOException e) {
        // it is of no use any more either way
      }
    }
  }
}
