package io.execnet.reactive;

import io.execnet.core.LoadException;
import io.execnet.core.value.PyNone;
import java.lang.reflect.Type;

/**
 * Turns the values that the codec gives into the type that a receiver asked for, and never changes
 * one silently.
 */
final class ValueBinder<T> {

  private final Type type;

  private ValueBinder(Type type) {
    this.type = type;
  }

  static <T> ValueBinder<T> to(Class<T> type) {
    return new ValueBinder<>(type);
  }

  static <T> ValueBinder<T> to(TypeReference<T> type) {
    return new ValueBinder<>(type.type());
  }

  boolean isIdentity() {
    return type == Object.class;
  }

  /**
   * Binds one item.
   *
   * @throws LoadException if it has no exact form in the type
   */
  @SuppressWarnings("unchecked")
  T bind(Object item) {
    if (type instanceof Class<?> raw) {
      if (raw.isInstance(item)) {
        return (T) item;
      }
      Object scalar = ScalarBinding.bind(item, raw);
      if (scalar != null) {
        return (T) scalar;
      }
    }
    if (!OptionalLibrary.JACKSON.isPresent()) {
      throw mismatch(item, "; binding to this type needs Jackson on the class path");
    }
    return (T) JacksonBinding.bind(item == PyNone.NONE ? null : item, type);
  }

  private LoadException mismatch(Object item, String hint) {
    return new LoadException(describe(item) + " is no " + type.getTypeName() + hint);
  }

  /** An item's class and, where it is short, its text. */
  static String describe(Object item) {
    String text = String.valueOf(item);
    return item.getClass().getSimpleName() + (text.length() <= 60 ? " " + text : "");
  }
}
