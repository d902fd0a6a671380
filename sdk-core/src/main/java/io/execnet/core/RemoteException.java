package io.execnet.core;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Code on the other side raised, or closed its channel with an error (CHANNEL_CLOSE_ERROR). The
 * message is the last line of the remote text, which is usually a whole Python traceback.
 */
public final class RemoteException extends ExecnetException {

  private static final long serialVersionUID = 1L;

  private final String remoteText;
  private final @Nullable String gatewayId;

  /** Creates the error from the text that the other side sent. */
  public RemoteException(String remoteText) {
    this(remoteText, null);
  }

  /** Creates the error from the text that the other side of this gateway sent. */
  public RemoteException(String remoteText, @Nullable String gatewayId) {
    super(lastLine(remoteText), null);
    this.remoteText = remoteText;
    this.gatewayId = gatewayId;
  }

  /** The gateway whose worker sent it, where that is known. */
  public Optional<String> gatewayId() {
    return Optional.ofNullable(gatewayId);
  }

  /** The text as the other side sent it: a formatted traceback, or the argument of its close. */
  public String remoteText() {
    return remoteText;
  }

  private static String lastLine(String text) {
    String stripped = text.stripTrailing();
    return stripped.substring(stripped.lastIndexOf('\n') + 1);
  }
}
