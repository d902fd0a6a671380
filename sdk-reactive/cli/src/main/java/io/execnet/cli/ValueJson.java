package io.execnet.cli;

import io.execnet.core.value.ValueLimits;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Python values as JSON. None, bool, int, float, str, list and dict are what one would expect, a
 * tuple is an array; what JSON lacks is an object of one key, one of the forms below. A dict of one
 * key that looks like a form is written as {@link #DICT}, so that each form means one thing only.
 */
final class ValueJson {

  /** The bytes in Base64: {@code {"$bytes":"AAE="}}. */
  static final String BYTES = "$bytes";

  /** A set or frozenset: {@code {"$set":[1,2]}}. */
  static final String SET = "$set";

  /** A complex number: {@code {"$complex":[0.0,1.0]}}. */
  static final String COMPLEX = "$complex";

  /** A dict whose keys are not all str: {@code {"$dict":[[1,"one"]]}}. */
  static final String DICT = "$dict";

  /** What no JSON number is: {@code {"$float":"nan"}}, {@code "inf"}, {@code "-inf"}. */
  static final String FLOAT = "$float";

  static final Set<String> FORMS = Set.of(BYTES, SET, COMPLEX, DICT, FLOAT);

  /** The SDK's own limits; what it would refuse later is refused where the line is still known. */
  static final ValueLimits LIMITS = ValueLimits.DEFAULT;

  /** Jackson's limits are out of the way: {@link #LIMITS} and the line's length are checked. */
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .streamWriteConstraints(
              StreamWriteConstraints.builder().maxNestingDepth(Integer.MAX_VALUE).build())
          .build();

  private ValueJson() {}

  /**
   * Reads one value.
   *
   * @return the value as the SDK sends it; null is None
   * @throws ValueJsonException if the text is not one JSON value
   */
  static @Nullable Object read(String text) {
    return new ValueReader().read(text);
  }
}
