package io.execnet.transport.popen;

import io.execnet.transport.output.BlockingWork;
import io.execnet.transport.output.OutputSink;
import io.execnet.transport.output.OutputTail;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads one standard stream of a worker from its socket: the next chunk only when the consumer has
 * taken the last, so that a flood of output blocks the worker instead of filling the memory.
 *
 * <p>Its state lives on the channel's event loop; the sink is called on a thread that may block.
 */
final class OutputReader extends ChannelInboundHandlerAdapter {

  /** What the kernel can still hold of a dead process' output; more is from somebody else. */
  private static final int MAX_AFTER_EXIT = 1024 * 1024;

  private final OutputSink sink;
  private final @Nullable OutputTail tail;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext context;
  private boolean busy;
  private boolean exited;
  private int afterExit;

  OutputReader(OutputSink sink, @Nullable OutputTail tail) {
    this.sink = sink;
    this.tail = tail;
  }

  /** Completes when the stream has ended and all of it has been handed over. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  boolean isOpen() {
    return context != null;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  /** Begins with what was read together with the stream's tag. */
  void begin(ByteBuf first) {
    take(first);
    next();
  }

  /**
   * The process has ended. Closes the stream once what it wrote has been read, even if a process
   * that it left behind still holds the stream open.
   */
  void processExited() {
    exited = true;
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      ctx.executor()
          .schedule(this::closeIfQuiet, WorkerProcess.DRAIN.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void closeIfQuiet() {
    ChannelHandlerContext ctx = context;
    if (ctx != null && ctx.channel().isOpen()) {
      if (busy) {
        processExited();
      } else {
        ctx.close();
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      take(bytes);
    } finally {
      bytes.release();
    }
    next();
  }

  private void take(ByteBuf bytes) {
    if (bytes.isReadable()) {
      byte[] chunk = new byte[bytes.readableBytes()];
      bytes.readBytes(chunk);
      if (tail != null) {
        tail.add(chunk, 0, chunk.length);
      }
      // more than one waits only where the transport reads without being asked, at the end
      waiting.add(chunk);
      afterExit += exited ? chunk.length : 0;
    }
  }

  private void next() {
    ChannelHandlerContext ctx = context;
    if (busy || ctx == null) {
      return;
    }
    byte[] chunk = waiting.poll();
    if (chunk != null) {
      handOver(ctx, () -> sink.accept(chunk, chunk.length), false);
    } else if (!ctx.channel().isOpen()) {
      handOver(ctx, sink::end, true);
    } else if (afterExit > MAX_AFTER_EXIT) {
      ctx.close();
    } else {
      ctx.read();
    }
  }

  private void handOver(ChannelHandlerContext ctx, Runnable work, boolean last) {
    busy = true;
    BlockingWork.OUTPUT.schedule(
        () -> {
          work.run();
          if (last) {
            ended.complete(null);
          } else {
            ctx.executor().execute(this::handedOver);
          }
        });
  }

  private void handedOver() {
    busy = false;
    next();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    next();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // output is not worth more than its end
  }
}
