package io.execnet.core.value;

import io.execnet.core.DumpException;

/** A {@link DumpException} in the making, which does not know yet where in the value it is. */
final class DumpFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String what;
  private final String advice;

  DumpFailure(String what, String advice) {
    super(what, null, false, false);
    this.what = what;
    this.advice = advice;
  }

  DumpException at(CharSequence path) {
    return new DumpException(what + where(path) + ": " + advice);
  }

  static String where(CharSequence path) {
    return path.isEmpty() ? "" : " at " + path;
  }
}
