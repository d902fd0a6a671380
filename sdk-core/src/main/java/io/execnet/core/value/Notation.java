package io.execnet.core.value;

import java.math.BigInteger;

/** What is written for values: before them, between them and after them. */
interface Notation {

  /** What a container becomes. */
  enum Form {
    LIST,
    TUPLE,
    SET,
    FROZENSET,
    DICT
  }

  void none(FrameBuffer out);

  void truth(boolean value, FrameBuffer out);

  void integer(long value, FrameBuffer out);

  /** Writes one that is too large for a long. */
  void integer(BigInteger value, FrameBuffer out);

  void real(double value, FrameBuffer out);

  void complex(PyComplex value, FrameBuffer out);

  void text(String value, FrameBuffer out);

  /** Writes what stands before so many bytes. */
  void bytes(int length, FrameBuffer out);

  void channel(ChannelReference channel, ChannelScope scope, FrameBuffer out);

  /**
   * Refuses a container that has no form here, with an exception.
   *
   * @param level how many it is in
   * @param hashed whether it is in a set or a key
   */
  void requireForm(int level, boolean hashed);

  /**
   * Begins a container.
   *
   * @param size how many items it has; for sets and dicts it is not known yet
   */
  void begin(Form form, int size, FrameBuffer out);

  /** Writes what stands before the item of a list. */
  void index(int index, FrameBuffer out);

  /** How long an int of 32 bits is as the item of a list, with what stands before and after it. */
  int lengthOfIntItem();

  /** Writes that into an array that has room for it; gives the position behind it. */
  int setIntItem(byte[] array, int at, int index, int value);

  /** Writes what stands after the item of a list or dict. */
  void endItem(FrameBuffer out);

  /** Writes what stands after the whole. */
  void stop(FrameBuffer out);

  /** Ends a container that began at {@code start}, and has so many items. */
  void end(Form form, int start, int size, FrameBuffer out);
}
