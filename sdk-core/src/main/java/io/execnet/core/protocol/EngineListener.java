package io.execnet.core.protocol;

import io.execnet.core.value.ChannelReference;
import java.nio.ByteBuffer;
import java.util.Set;

/** What the engine tells the owner of the gateway, on the thread that calls the engine. */
public interface EngineListener {

  /** The other side opened a channel, by naming it inside a value; gives its owner. */
  ChannelReceiver onChannelOpened(int id);

  /** A value that arrived names a channel that is closed already; gives a handle for it. */
  ChannelReference closedChannel(int id);

  /**
   * The worker was asked for what its interpreter made of the worker program, and said so in its
   * HELLO: before {@link #onHello}, and so before any code of the master's runs there.
   *
   * @param version {@code sys.version}
   * @param code what {@code marshal} wrote
   */
  default void onCompiled(String version, byte[] code) {}

  /**
   * The worker said what it can do (HELLO), and was answered: before anything else, once.
   *
   * @param capabilities the names of those that are used from now on
   */
  default void onHello(Set<String> capabilities) {}

  /**
   * The other side said what it is at, asked by {@link ProtocolEngine#diagnose} or not.
   *
   * @param number as in the question
   * @param text lines for people to read
   */
  default void onDiagnosis(int number, String text) {}

  /** The other side asked this one to end (GATEWAY_TERMINATE). It will send nothing more. */
  void onTerminate();

  /**
   * The other side printed something to descriptor 1 or 2, and has no stream of its own for that.
   * Whoever takes it says so with {@link ProtocolEngine#outputTaken}; until then there is a bound
   * on how much more comes. It comes until the connection is at its end, so after {@link
   * ProtocolEngine#terminate} and {@link ProtocolEngine#disconnected} too.
   *
   * @param bytes good during the call only
   */
  void onOutput(int descriptor, ByteBuffer bytes);

  /**
   * A receiver threw where its channel could not be closed for it any more, because it was already
   * being closed. For logging; ignored unless overridden.
   */
  default void onErrorDropped(int channelId, RuntimeException error) {}
}
