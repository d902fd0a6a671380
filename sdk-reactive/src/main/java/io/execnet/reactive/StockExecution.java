package io.execnet.reactive;

import io.execnet.core.ExecnetException;
import io.execnet.core.RemoteException;
import io.execnet.core.protocol.ChannelReceiver;
import io.execnet.core.protocol.ProtocolEngine;
import io.execnet.core.value.ChannelReference;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The end of code that runs on a stock worker, which {@code stock_exec.py} tells on a channel of
 * its own, since a stock worker does not close a channel that was half-closed here.
 */
final class StockExecution implements ChannelReceiver, ChannelReference {

  private final ProtocolEngine engine;
  private final int id;
  private @Nullable ChannelState execution;

  private StockExecution(ProtocolEngine engine, int id) {
    this.engine = engine;
    this.id = id;
  }

  /** As {@link ProtocolEngine#exec}; on the event loop only. */
  static int exec(
      ProtocolEngine engine,
      IntFunction<ChannelState> receivers,
      PythonSource source,
      @Nullable String function,
      Map<String, ?> kwargs) {
    StockExecution[] end = new StockExecution[1];
    int endId = engine.open(id -> end[0] = new StockExecution(engine, id));
    Map<String, Object> arguments = new HashMap<>();
    arguments.put("source", source.text());
    arguments.put("file_name", source.fileName());
    arguments.put("function_name", function);
    arguments.put("kwargs", kwargs);
    try {
      int execution =
          engine.exec(
              id -> end[0].execution = receivers.apply(id),
              WorkerScripts.STOCK_EXEC.text(),
              null,
              "run",
              arguments);
      engine.send(execution, end[0]);
      return execution;
    } catch (RuntimeException e) {
      engine.close(endId, null);
      throw e;
    }
  }

  @Override
  public int id() {
    return id;
  }

  @Override
  public ChannelReference reference() {
    return this;
  }

  @Override
  public void onItem(@Nullable Object item, int bytes) {
    if (execution != null && item instanceof String traceback) {
      execution.failedWith(new RemoteException(traceback));
    }
  }

  @Override
  public void onReceiveEnd() {
    // It is closed after the last thing that it tells.
  }

  @Override
  public void onClosed(@Nullable ExecnetException error) {
    if (execution != null && error == null && !execution.isClosed()) {
      engine.close(execution.id(), null);
    }
  }
}
