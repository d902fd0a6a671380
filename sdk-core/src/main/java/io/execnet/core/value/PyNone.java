package io.execnet.core.value;

/**
 * Python's None where Java's null can't stand: as a whole item of a stream. Inside containers None
 * is null; either form is accepted when sending.
 */
public enum PyNone {
  /** None. */
  NONE;

  @Override
  public String toString() {
    return "None";
  }
}
