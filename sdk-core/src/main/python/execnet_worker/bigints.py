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

    powers = {}

    def power_of_ten(count):
        if count not in powers:
            powers[count] = 10**count
        return powers[count]

    def convert(number, width):
        if width <= _CHUNK_DIGITS:
            return str(number).zfill(width)
        half = width >> 1
        high, low = divmod(number, power_of_ten(half))
        return convert(high, width - half) + convert(low, half)

    width = value.bit_length() * 30103 // 100000 + 1  # as many as needed, or one more
    return convert(value, width).lstrip("0").encode("ascii")


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
