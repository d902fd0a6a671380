package io.execnet.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import tools.jackson.core.io.NumberOutput;

/** Floats as Python writes them: the fewest digits that read back as the same float. */
final class FloatText {

  private FloatText() {}

  /** What {@code repr} gives for this float, which is finite: {@code 1.0}, {@code 1e+16}. */
  static String of(double value) {
    String java = NumberOutput.toString(value, true);
    if (java.indexOf('E') < 0) {
      return java;
    }
    return of(shortest(value, java));
  }

  /** Java always gives two digits, also where one says it all: 4.9E-324 for 5e-324. */
  private static BigDecimal shortest(double value, String java) {
    BigDecimal decimal = new BigDecimal(java);
    if (decimal.precision() == 2) {
      BigDecimal shorter = decimal.round(new MathContext(1, RoundingMode.HALF_EVEN));
      if (shorter.doubleValue() == value) {
        return shorter;
      }
    }
    return decimal;
  }

  private static String of(BigDecimal decimal) {
    BigDecimal stripped = decimal.stripTrailingZeros();
    String digits = stripped.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - stripped.scale();
    String sign = stripped.signum() < 0 ? "-" : "";
    if (exponent >= -4 && exponent < 16) {
      String plain = stripped.toPlainString();
      return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return sign + mantissa + "e" + (exponent < 0 ? '-' : '+') + twoDigits(Math.abs(exponent));
  }

  private static String twoDigits(int exponent) {
    return exponent < 10 ? "0" + exponent : Integer.toString(exponent);
  }
}
