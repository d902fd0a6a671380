package io.execnet.core.value;

/**
 * Bounds on one value, against input that is wrong or hostile.
 *
 * @param maxDepth how deep containers may nest, both ways
 * @param maxIntDigits how many decimal digits an int may have when it is read (converting them
 *     takes time that grows with the square)
 */
public record ValueLimits(int maxDepth, int maxIntDigits) {

  /** 1,000 levels, 100,000 digits. */
  public static final ValueLimits DEFAULT = new ValueLimits(1_000, 100_000);
}
