package io.execnet.transport;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The secrets that a spec can't hold, from a program that has them or can ask for them. Each method
 * is called when its answer is needed, on a thread that may block, and knows nothing unless it is
 * overridden; an empty answer goes on without it.
 */
public interface Credentials {

  /** Knows no secret. */
  Credentials NONE = new Credentials() {};

  /** The passphrase of an encrypted private key. */
  default Optional<String> passphrase(Path keyFile) {
    return Optional.empty();
  }

  /** The password of a user on an SSH server. */
  default Optional<String> password(String user, String host, int port) {
    return Optional.empty();
  }

  /**
   * Answers to the questions of an SSH server (keyboard-interactive), as many as there are prompts.
   *
   * @param instruction what the server says about its questions, perhaps nothing
   */
  default Optional<List<String>> answers(
      String user, String host, int port, String instruction, List<Prompt> prompts) {
    return Optional.empty();
  }

  /** The token of a socket server. */
  default Optional<String> token(String host, int port) {
    return Optional.empty();
  }

  /**
   * One question of a server.
   *
   * @param text what to ask
   * @param echo whether the answer may be shown as it is typed
   */
  record Prompt(String text, boolean echo) {}
}
