package io.execnet.core.protocol;

/** The first byte of a frame. */
final class MessageType {

  static final byte STATUS = 0;
  static final byte RECONFIGURE = 1;
  static final byte GATEWAY_TERMINATE = 2;
  static final byte CHANNEL_EXEC = 3;
  static final byte CHANNEL_DATA = 4;
  static final byte CHANNEL_CLOSE = 5;
  static final byte CHANNEL_CLOSE_ERROR = 6;
  static final byte CHANNEL_LAST_MESSAGE = 7;

  /** From here on types are this project's own, and those that are not known are skipped. */
  static final byte FIRST_EXTENSION = 64;

  static final byte OUTPUT = 64;
  static final byte OUTPUT_CREDIT = 65;
  static final byte HELLO = 66;
  static final byte CREDIT = 67;
  static final byte CANCEL = 68;
  static final byte PING = 69;
  static final byte DIAGNOSE = 71;
  static final byte DIAGNOSIS = 72;
  static final byte MARSHAL_DATA = 73;
  static final byte MARSHAL_ITEMS = 74;
  static final byte BYTES_DATA = 75;

  private MessageType() {}

  /** Whether a frame of this type can be followed by another one. */
  static boolean isKnown(byte type) {
    return (type >= STATUS && type <= CHANNEL_LAST_MESSAGE) || type >= FIRST_EXTENSION;
  }

  /**
   * Whether it is one of our own types that belong to the gateway: such a frame has a limit of its
   * own, and one that makes no sense breaks the protocol rather than a channel.
   */
  static boolean isOfTheGateway(byte type) {
    return type >= FIRST_EXTENSION && !isItem(type);
  }

  /** Whether it is an item of a channel, or several, in any encoding. */
  static boolean isItem(byte type) {
    return type == CHANNEL_DATA || (type >= MARSHAL_DATA && type <= BYTES_DATA);
  }

  /** Whether the receiver has any use for the payload. */
  static boolean hasPayload(byte type) {
    return type == RECONFIGURE
        || isItem(type)
        || type == CHANNEL_CLOSE_ERROR
        || type == OUTPUT
        || type == HELLO
        || type == CREDIT
        || type == DIAGNOSIS;
  }
}
