package io.execnet.transport.popen;

import io.execnet.transport.bootstrap.AnswerScanner;
import io.execnet.transport.bootstrap.Quoted;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the three connections that a worker makes to its private socket. Each begins with a
 * byte that says what it is for; on the protocol's the worker then answers.
 *
 * <p>Its state lives on one event loop, like the connections.
 */
final class ConnectBack {

  /** Gets told, on the event loop, how it went; at most one of its methods is called, once. */
  interface Listener {
    /** All three are there and the worker answered. What came after the answer is unread. */
    void answered(Channel protocol, byte[] early);

    /** Something else than a worker connected, or the worker said something else. */
    void unexpected(String what);
  }

  private final SocketDirectory directory;
  private final String answer;
  private final OutputReader output;
  private final OutputReader errors;
  private final Listener listener;
  private final List<Channel> accepted = new ArrayList<>();
  private final Channel server;
  private @Nullable Channel answeredOn;
  private byte @Nullable [] early;
  private boolean closed;

  /**
   * Listens; blocks until it does.
   *
   * @param answer what the worker writes when it is there
   */
  ConnectBack(
      UnixSockets sockets,
      EventLoop loop,
      String answer,
      OutputReader output,
      OutputReader errors,
      Listener listener)
      throws IOException {
    this.directory = SocketDirectory.create();
    this.answer = answer;
    this.output = output;
    this.errors = errors;
    this.listener = listener;
    try {
      this.server =
          sockets.listen(
              loop,
              directory.socket(),
              new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                  accept(channel);
                }
              });
    } catch (RuntimeException e) {
      directory.delete();
      throw e;
    }
  }

  /** Where the worker is to connect to. */
  Path socket() {
    return directory.socket();
  }

  /** Removes the socket from the file system: nobody can connect any more. Blocks. */
  void deleteSocket() {
    directory.delete();
  }

  /** On the loop: whether somebody has connected who has not gone again. */
  boolean isConnected() {
    return !accepted.isEmpty();
  }

  /** On the loop: listens no more and, unless the worker answered, drops what connected. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    server.close();
    accepted.forEach(Channel::close);
  }

  private void accept(Channel channel) {
    if (closed || accepted.size() == 3) {
      channel.close();
      return;
    }
    accepted.add(channel);
    channel.pipeline().addLast(new Greeting());
    channel.closeFuture().addListener(it -> accepted.remove(channel));
    channel.read();
  }

  private void progress() {
    if (answeredOn != null && early != null && output.isOpen() && errors.isOpen() && !closed) {
      closed = true;
      server.close();
      listener.answered(answeredOn, early);
    }
  }

  private void unexpected(String what) {
    if (!closed) {
      listener.unexpected(what);
    }
  }

  /** Reads the first byte, and on the protocol's connection the answer. */
  private final class Greeting extends ChannelInboundHandlerAdapter {

    private final AnswerScanner scanner = new AnswerScanner(answer, false);
    private boolean protocol;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      try {
        if (protocol) {
          answer(ctx, bytes);
          return;
        }
        if (bytes.isReadable()) {
          char tag = (char) bytes.readUnsignedByte();
          if (tag == 'O' && !output.isOpen()) {
            hand(ctx, output, bytes);
            return;
          } else if (tag == 'E' && !errors.isOpen()) {
            hand(ctx, errors, bytes);
            return;
          } else if (tag != 'P') {
            unexpected(text((byte) tag, bytes));
            return;
          }
          protocol = true;
          answer(ctx, bytes);
          return;
        }
        ctx.read();
      } finally {
        bytes.release();
      }
    }

    private void answer(ChannelHandlerContext ctx, ByteBuf bytes) {
      ByteBuffer view = bytes.nioBuffer();
      switch (scanner.scan(view)) {
        case MISSING -> ctx.read();
        case IMPOSSIBLE -> unexpected(scanner.unexpected());
        case FOUND -> {
          if (!closed && early == null) {
            ctx.pipeline().remove(this);
            answeredOn = ctx.channel();
            early = new byte[view.remaining()];
            view.get(early);
            progress();
          }
        }
      }
    }

    private void hand(ChannelHandlerContext ctx, OutputReader reader, ByteBuf rest) {
      ctx.pipeline().replace(this, null, reader);
      reader.begin(rest);
      progress();
    }

    private String text(byte first, ByteBuf rest) {
      byte[] bytes = new byte[1 + Math.min(rest.readableBytes(), Quoted.LIMIT - 1)];
      bytes[0] = first;
      rest.readBytes(bytes, 1, bytes.length - 1);
      return Quoted.of(bytes, bytes.length);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close(); // the process, if it is a worker, will say more
    }
  }
}
