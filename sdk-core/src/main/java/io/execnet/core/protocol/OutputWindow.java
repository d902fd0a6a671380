package io.execnet.core.protocol;

import io.execnet.core.ProtocolException;

/** How much of what the other side prints to one descriptor is on its way or not yet taken. */
final class OutputWindow {

  /** So much may be outstanding; the worker program has the same number. */
  static final int SIZE = 64 * 1024;

  private final int descriptor;
  private int room = SIZE;

  OutputWindow(int descriptor) {
    this.descriptor = descriptor;
  }

  void arrived(int bytes) {
    room -= bytes;
    if (room < 0) {
      throw new ProtocolException(
          "more than %d bytes of output from descriptor %d without credit"
              .formatted(SIZE, descriptor));
    }
  }

  void taken(int bytes) {
    room += bytes;
  }

  /** No credit can be given any more: there is one further window for the last words. */
  void lastWords() {
    room += SIZE;
  }
}
