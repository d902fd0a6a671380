"""Integers of any size to and from decimal digits.

Python limits int() and str() to 4300 digits (or as few as 640, as configured), and both take
quadratic time. Both limits are per conversion, so large numbers are split in halves.
"""

_CHUNK_BITS = 2000  # at most 603 digits, under the smallest limit that Python allows
_CHUNK_DIGITS = 600


def int_to_digits(value):
    """The decimal digits of an int, as ASCII bytes with a leading minus if it is negative."""
    if value.bit_length() <= _CHUNK_BITS:
        return str(value).encode("ascii")
    if value < 0:
        return b"-" + int_to_digits(-value)

    # Decimal multiplies fast (by number-theoretic transform), and str() of it has no limit.
    import decimal

    powers = {}

    def power_of_two(bits):
        if bits not in powers:
            powers[bits] = decimal.Decimal(2) ** bits
        return powers[bits]

    def convert(number, bits):
        if bits <= _CHUNK_BITS:
            return decimal.Decimal(number)
        half = bits >> 1
        high = number >> half
        low = number - (high << half)
        return convert(low, half) + convert(high, bits - half) * power_of_two(half)

    with decimal.localcontext() as context:
        context.prec = decimal.MAX_PREC
        context.Emax = decimal.MAX_EMAX
        context.Emin = decimal.MIN_EMIN
        context.traps[decimal.Inexact] = True
        return f"{convert(value, value.bit_length()):f}".encode("ascii")


def digits_to_int(digits):
    """The int that ASCII digits stand for; ValueError where they hold anything else."""
    negative = digits[:1] == b"-"
    if negative:
        digits = digits[1:]
    if not digits.isdigit():  # int() alone would also take blanks, signs and underscores
        raise ValueError("not a decimal number")

    powers = {}

    def power_of_ten(count):
        if count not in powers:
            powers[count] = 10**count
        return powers[count]

    def convert(text):
        if len(text) <= _CHUNK_DIGITS:
            return int(text)
        half = len(text) >> 1
        return convert(text[:-half]) * power_of_ten(half) + convert(text[-half:])

    value = convert(digits)
    return -value if negative else value
