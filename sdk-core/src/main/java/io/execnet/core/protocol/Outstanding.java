package io.execnet.core.protocol;

/** Items on their way to whom they are for, and the lengths of their payloads. */
public record Outstanding(int items, long bytes) {

  static final Outstanding NONE = new Outstanding(0, 0);
}
