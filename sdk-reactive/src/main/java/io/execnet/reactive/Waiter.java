package io.execnet.reactive;

/** Who can wait on a channel or a gateway, and what for. */
public enum Waiter {
  /** A subscriber here has requested items, and none is there. */
  RECEIVER("a subscriber waits for items"),

  /** The code at the other end may not send, since nobody here takes what has arrived. */
  REMOTE_SENDER("the code there can't send, since nobody takes what is here"),

  /** Somebody here has an item to send, or a source to request from, and the other end is full. */
  SENDER("nothing can be sent, since the code there takes nothing"),

  /** The same, and the transport takes no more bytes. */
  SENDER_TO_TRANSPORT("nothing can be sent, since the transport takes nothing"),

  /** The code was cancelled, and still runs. */
  CANCELLER("the code was cancelled, and still runs"),

  /** Somebody here waits for the end of a channel: see {@link Channel#waitClose()}. */
  CLOSE("somebody waits for its end"),

  /** The worker's code, or soon will: nobody here takes what it prints. */
  PRINTER("a print there blocks, or will, since nobody takes what is here"),

  /** Everybody who receives: a message began to arrive, and goes on or not. */
  REST_OF_MESSAGE("its rest is awaited, and nothing else can arrive"),

  /** The gateway was asked to end, and its worker has not. */
  EXIT("the worker was asked to end, and has not");

  private final String description;

  Waiter(String description) {
    this.description = description;
  }

  /** Whether nobody would want this one to wait for long, and so the log tells of it. */
  boolean isStall() {
    return this != RECEIVER && this != CLOSE;
  }

  @Override
  public String toString() {
    return description;
  }
}
