package io.execnet.core.value;

import org.jspecify.annotations.Nullable;

/**
 * Short ASCII keys of dicts that were read before: records repeat them, and a string that is
 * already there costs no memory and knows its hash. A key whose place is taken by another replaces
 * it, so nothing that is sent can make this grow or slow.
 */
final class KeyCache {

  private static final int LONGEST = 24;
  private static final int PLACES = 256;

  private final @Nullable String[] keys = new String[PLACES];

  /** The text in this part of the array, or null if that is no short ASCII. */
  @Nullable String get(byte[] array, int offset, int length) {
    if (length > LONGEST) {
      return null;
    }
    int hash = length;
    for (int i = offset; i < offset + length; i++) {
      byte b = array[i];
      if (b < 0) {
        return null;
      }
      hash = 31 * hash + b;
    }
    int place = (hash ^ hash >>> 8 ^ hash >>> 16) & PLACES - 1;
    String known = keys[place];
    if (known == null || !isText(known, array, offset, length)) {
      known = Utf8.latin1(array, offset, length);
      keys[place] = known;
    }
    return known;
  }

  private static boolean isText(String text, byte[] array, int offset, int length) {
    if (text.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) != array[offset + i]) {
        return false;
      }
    }
    return true;
  }
}
