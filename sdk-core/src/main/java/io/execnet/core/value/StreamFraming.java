package io.execnet.core.value;

import io.execnet.core.LoadException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Finds the end of a value in a stream of them, without reading a byte of the next. */
final class StreamFraming {

  /** Claims of more than this are believed only as the bytes arrive. */
  private static final int CHUNK = 64 << 10;

  private final InputStream in;
  private final FrameBuffer bytes = new FrameBuffer();

  private StreamFraming(InputStream in) {
    this.in = in;
  }

  /**
   * Reads a version byte and all that follows up to STOP.
   *
   * @throws EOFException if the stream has ended before it
   * @throws LoadException if it ends inside, or if these are no instructions
   */
  static FrameBuffer read(InputStream in) throws IOException {
    StreamFraming framing = new StreamFraming(in);
    int version = in.read();
    if (version < 0) {
      throw new EOFException("the stream ended, before a value");
    }
    framing.bytes.putByte(version);
    if (!Serializer.isVersion((byte) version)) {
      return framing.bytes; // what follows has no known form
    }
    while (framing.instruction() != Opcode.STOP) {
      // the next one
    }
    return framing.bytes;
  }

  private byte instruction() throws IOException {
    int position = bytes.length();
    copy(1);
    byte opcode = bytes.array()[position];
    switch (opcode) {
      case Opcode.BYTES,
          Opcode.LONGINT,
          Opcode.LONGLONG,
          Opcode.PY2STRING,
          Opcode.PY3STRING,
          Opcode.UNICODE -> {
        copy(4);
        int length = bytes.view().getInt(position + 1);
        if (length < 0) {
          throw failure(Opcode.name(opcode) + " of " + length + " bytes", position);
        }
        copy(length);
      }
      case Opcode.INT,
          Opcode.LONG,
          Opcode.CHANNEL,
          Opcode.NEWLIST,
          Opcode.BUILDTUPLE,
          Opcode.SET,
          Opcode.FROZENSET ->
          copy(4);
      case Opcode.FLOAT -> copy(8);
      case Opcode.COMPLEX -> copy(16);
      case Opcode.NONE, Opcode.TRUE, Opcode.FALSE, Opcode.NEWDICT, Opcode.SETITEM, Opcode.STOP -> {
        // no operand
      }
      default -> throw failure("unknown " + Opcode.name(opcode), position);
    }
    return opcode;
  }

  private void copy(int count) throws IOException {
    int missing = count;
    while (missing > 0) {
      int asked = Math.min(missing, CHUNK);
      bytes.reserve(asked);
      int got = in.read(bytes.array(), bytes.length(), asked);
      if (got < 0) {
        throw failure("the stream ends inside a value", bytes.length());
      }
      bytes.advance(got);
      missing -= got;
    }
  }

  private static LoadException failure(String what, int position) {
    return new LoadException(what + " at byte " + position);
  }
}
