package io.execnet.transport;

/** Peers behind a socket, which tells nothing of how they ended. */
public interface SocketPeers extends PeerConnections {

  @Override
  default boolean knowsExitStatus() {
    return false;
  }

  /** It ends the connection. */
  @Override
  default boolean killsThePeer() {
    return false;
  }

  /** The kernel lets the buffers of TCP grow with what goes through them. */
  @Override
  default int mostOnTheWay() {
    return 12 * 1024 * 1024;
  }
}
