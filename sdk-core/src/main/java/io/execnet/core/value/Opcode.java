package io.execnet.core.value;

/** The instructions of a payload (PROTOCOL.md section 5). */
final class Opcode {

  static final byte BUILDTUPLE = '@';
  static final byte BYTES = 'A';
  static final byte CHANNEL = 'B';
  static final byte FALSE = 'C';
  static final byte FLOAT = 'D';
  static final byte FROZENSET = 'E';
  static final byte INT = 'F';
  static final byte LONG = 'G';
  static final byte LONGINT = 'H';
  static final byte LONGLONG = 'I';
  static final byte NEWDICT = 'J';
  static final byte NEWLIST = 'K';
  static final byte NONE = 'L';
  static final byte PY2STRING = 'M';
  static final byte PY3STRING = 'N';
  static final byte SET = 'O';
  static final byte SETITEM = 'P';
  static final byte STOP = 'Q';
  static final byte TRUE = 'R';
  static final byte UNICODE = 'S';
  static final byte COMPLEX = 'T';

  private static final String[] NAMES = {
    "BUILDTUPLE", "BYTES", "CHANNEL", "FALSE", "FLOAT", "FROZENSET", "INT", "LONG", "LONGINT",
    "LONGLONG", "NEWDICT", "NEWLIST", "NONE", "PY2STRING", "PY3STRING", "SET", "SETITEM", "STOP",
    "TRUE", "UNICODE", "COMPLEX"
  };

  private Opcode() {}

  /** For messages: the name, or the number of one that does not exist. */
  static String name(byte opcode) {
    int index = opcode - BUILDTUPLE;
    return index >= 0 && index < NAMES.length
        ? NAMES[index]
        : "opcode 0x%02x".formatted(opcode & 0xff);
  }
}
