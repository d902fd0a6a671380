package io.execnet.reactive;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * A generic type as a value: {@code new TypeReference<List<Row>>() {}}.
 *
 * @param <T> the type
 */
public abstract class TypeReference<T> {

  private final Type type;

  /** To be called by an anonymous subclass that names the type argument. */
  protected TypeReference() {
    if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parameterized)) {
      throw new IllegalArgumentException("a TypeReference needs a type argument");
    }
    this.type = parameterized.getActualTypeArguments()[0];
  }

  /** The type that was named. */
  public final Type type() {
    return type;
  }
}
