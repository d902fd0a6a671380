package io.execnet.core;

import org.jspecify.annotations.Nullable;

/**
 * The root of every error that this SDK raises by itself; each permitted subclass is one thing that
 * a caller would handle differently.
 */
public abstract sealed class ExecnetException extends RuntimeException
    permits BootstrapException,
        ChannelClosedException,
        DumpException,
        GatewayLostException,
        LoadException,
        ProtocolException,
        RemoteException,
        XSpecException {

  private static final long serialVersionUID = 1L;

  ExecnetException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
