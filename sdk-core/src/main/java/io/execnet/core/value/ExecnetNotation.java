package io.execnet.core.value;

import java.math.BigInteger;

/** The instructions that every execnet knows (PROTOCOL.md section 5). */
final class ExecnetNotation implements Notation {

  private final Utf8Writer utf8 = new Utf8Writer();

  @Override
  public void none(FrameBuffer out) {
    out.putByte(Opcode.NONE);
  }

  @Override
  public void truth(boolean value, FrameBuffer out) {
    out.putByte(value ? Opcode.TRUE : Opcode.FALSE);
  }

  @Override
  public void integer(long value, FrameBuffer out) {
    if (value == (int) value) {
      out.putOpcode(Opcode.INT, (int) value);
    } else {
      Decimal.write(value, out);
    }
  }

  @Override
  public void integer(BigInteger value, FrameBuffer out) {
    write(Opcode.LONGINT, value.toString(), out);
  }

  @Override
  public void real(double value, FrameBuffer out) {
    out.putOpcode(Opcode.FLOAT, value);
  }

  @Override
  public void complex(PyComplex value, FrameBuffer out) {
    out.putOpcode(Opcode.COMPLEX, value.real());
    out.putLong(Double.doubleToRawLongBits(value.imaginary()));
  }

  @Override
  public void text(String value, FrameBuffer out) {
    write(Opcode.PY3STRING, value, out);
  }

  private void write(byte opcode, String text, FrameBuffer out) {
    int start = out.length();
    out.putOpcode(opcode, text.length());
    int length = utf8.append(text, out);
    if (length != text.length()) {
      out.setInt(start + 1, length);
    }
  }

  @Override
  public void bytes(int length, FrameBuffer out) {
    out.putOpcode(Opcode.BYTES, length);
  }

  @Override
  public void channel(ChannelReference channel, ChannelScope scope, FrameBuffer out) {
    out.putOpcode(Opcode.CHANNEL, scope.idOf(channel));
  }

  @Override
  public void requireForm(int level, boolean hashed) {}

  @Override
  public void begin(Form form, int size, FrameBuffer out) {
    if (form == Form.LIST) {
      out.putOpcode(Opcode.NEWLIST, size);
    } else if (form == Form.DICT) {
      out.putByte(Opcode.NEWDICT);
    }
  }

  @Override
  public void index(int index, FrameBuffer out) {
    out.putOpcode(Opcode.INT, index);
  }

  @Override
  public int lengthOfIntItem() {
    return 2 * (1 + Integer.BYTES) + 1;
  }

  @Override
  public int setIntItem(byte[] array, int at, int index, int value) {
    FrameBuffer.setOpcode(array, at, Opcode.INT, index);
    FrameBuffer.setOpcode(array, at + 1 + Integer.BYTES, Opcode.INT, value);
    int end = at + lengthOfIntItem();
    array[end - 1] = Opcode.SETITEM;
    return end;
  }

  @Override
  public void endItem(FrameBuffer out) {
    out.putByte(Opcode.SETITEM);
  }

  @Override
  public void stop(FrameBuffer out) {
    out.putByte(Opcode.STOP);
  }

  @Override
  public void end(Form form, int start, int size, FrameBuffer out) {
    switch (form) {
      case LIST -> out.setInt(start + 1, size);
      case TUPLE -> out.putOpcode(Opcode.BUILDTUPLE, size);
      case SET -> out.putOpcode(Opcode.SET, size);
      case FROZENSET -> out.putOpcode(Opcode.FROZENSET, size);
      case DICT -> {}
    }
  }
}
