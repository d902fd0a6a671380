package io.execnet.core.value;

import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/** How a record is read: its components in their order. Found once per class. */
final class RecordShape {

  private static final ClassValue<RecordShape> SHAPES =
      new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
          return new RecordShape(type);
        }
      };

  private final String[] names;
  private final Method[] accessors;

  private RecordShape(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    names = new String[components.length];
    accessors = new Method[components.length];
    for (int i = 0; i < components.length; i++) {
      names[i] = components[i].getName();
      accessors[i] = accessible(type, components[i].getAccessor());
    }
  }

  static RecordShape of(Record value) {
    return SHAPES.get(value.getClass());
  }

  int size() {
    return names.length;
  }

  String name(int index) {
    return names[index];
  }

  @Nullable Object read(Record value, int index) {
    try {
      return accessors[index].invoke(value);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(accessors[index] + " threw " + e.getCause(), e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Method accessible(Class<?> type, Method accessor) {
    try {
      accessor.setAccessible(true);
      return accessor;
    } catch (InaccessibleObjectException e) {
      throw new DumpFailure(
          "the record " + type.getTypeName() + " can't be read",
          "open its package "
              + type.getPackageName()
              + " to the module of "
              + RecordShape.class.getPackageName());
    }
  }
}
