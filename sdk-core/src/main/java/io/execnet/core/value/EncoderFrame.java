package io.execnet.core.value;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far the encoder is in one container. There is one of these per level, used for all containers
 * of that level, so that writing them leaves no garbage but their iterators.
 */
final class EncoderFrame {

  private enum Kind {
    INDEXED_LIST(Notation.Form.LIST),
    ITERATED_LIST(Notation.Form.LIST),
    TUPLE(Notation.Form.TUPLE),
    SET(Notation.Form.SET),
    FROZENSET(Notation.Form.FROZENSET),
    DICT(Notation.Form.DICT),
    RECORD(Notation.Form.DICT);

    final Notation.Form form;

    Kind(Notation.Form form) {
      this.form = form;
    }
  }

  private static final int MOST_INTS = 256;
  private static final Object NONE = new Object();
  private static final List<?> NO_LIST = List.of();
  private static final Iterator<?> NO_ITERATOR = Collections.emptyIterator();

  private Object container = NONE;
  private Kind kind = Kind.SET;
  private List<?> list = NO_LIST;
  private Iterator<?> iterator = NO_ITERATOR;
  private @Nullable RecordShape shape;

  private int index; // of the item being written
  private int size; // of an indexed container
  private int start; // where its payload begins
  private int kinds; // of its keys so far
  private boolean key; // whether Python hashes the container itself
  private boolean inKey; // whether a dict's key is being written, and not its value
  private boolean inItem; // whether a container in it was being written
  private @Nullable Object current; // the element or key being written
  private @Nullable Object value; // the value of a dict being written
  private @Nullable Object pending; // the container in it that has to be written

  void begin(Object newContainer, boolean isKey, Notation notation, FrameBuffer out) {
    container = newContainer;
    key = isKey;
    index = 0;
    size = 0;
    kinds = 0;
    inItem = false;
    inKey = false;
    start = out.length();
    if (newContainer instanceof Map<?, ?> map) {
      kind = Kind.DICT;
      iterator = map.entrySet().iterator();
    } else if (newContainer instanceof PyTuple tuple) {
      kind = Kind.TUPLE;
      list = tuple;
      size = tuple.size();
    } else if (newContainer instanceof Set<?> set) {
      kind = set instanceof PyFrozenSet ? Kind.FROZENSET : Kind.SET;
      iterator = set.iterator();
    } else if (newContainer instanceof Record record) {
      kind = Kind.RECORD;
      shape = RecordShape.of(record);
      size = shape.size();
    } else if (newContainer instanceof Collection<?> items && !(items instanceof RandomAccess)) {
      kind = Kind.ITERATED_LIST;
      iterator = items.iterator();
    } else {
      kind = Kind.INDEXED_LIST;
      list = asList(newContainer);
      size = list.size();
    }
    notation.begin(kind.form, size, out);
  }

  private static List<?> asList(Object container) {
    if (container instanceof List<?> list) {
      return list;
    }
    return container instanceof Object[] array
        ? Arrays.asList(array)
        : new PrimitiveArray(container);
  }

  /** Forgets the container. */
  void clear() {
    container = NONE;
    list = NO_LIST;
    iterator = NO_ITERATOR;
    shape = null;
    current = null;
    value = null;
    pending = null;
  }

  boolean isOf(Object other) {
    return container == other;
  }

  /** The container that {@link #advance} stopped at. */
  @Nullable Object pending() {
    return pending;
  }

  /** Whether Python hashes what {@link #advance} stopped at. */
  boolean isHashed() {
    return switch (kind) {
      case SET, FROZENSET -> true;
      case TUPLE -> key;
      case DICT -> inKey;
      default -> false;
    };
  }

  /**
   * Writes up to the next container inside this one.
   *
   * @return whether there was none, so that this container is complete
   */
  boolean advance(ValueEncoder encoder, Notation notation, FrameBuffer out) {
    boolean complete =
        switch (kind) {
          case INDEXED_LIST -> advanceIndexed(encoder, notation, out);
          case ITERATED_LIST -> advanceIterated(encoder, notation, out);
          case TUPLE -> advanceTuple(encoder);
          case SET, FROZENSET -> advanceSet(encoder);
          case DICT -> advanceDict(encoder, notation, out);
          case RECORD -> advanceRecord(encoder, notation, out);
        };
    if (complete) {
      notation.end(kind.form, start, index, out);
    }
    return complete;
  }

  private boolean advanceIndexed(ValueEncoder encoder, Notation notation, FrameBuffer out) {
    endItem(notation, out);
    for (; index < size; index++) {
      Object item = list.get(index);
      if ((item instanceof Long || item instanceof Integer) && advanceInts(notation, out)) {
        continue; // after the last of them
      }
      notation.index(index, out);
      if (stopsAt(item, encoder)) {
        return false;
      }
      notation.endItem(out);
    }
    return true;
  }

  /**
   * Writes up to the next item that is no int of 32 bits, and at most as many as it makes room for
   * at once; gives whether there were any. If so, the index is that of the last of them.
   */
  private boolean advanceInts(Notation notation, FrameBuffer out) {
    int begin = index;
    int end = begin + Math.min(size - begin, MOST_INTS);
    out.reserve((long) (end - begin) * notation.lengthOfIntItem());
    byte[] array = out.array();
    int at = out.length();
    for (; index < end; index++) {
      Object item = list.get(index);
      int value;
      if (item instanceof Long number && number == number.intValue()) {
        value = number.intValue();
      } else if (item instanceof Integer number) {
        value = number;
      } else {
        break;
      }
      at = notation.setIntItem(array, at, index, value);
    }
    out.advance(at - out.length());
    boolean any = index > begin;
    if (any) {
      index--;
    }
    return any;
  }

  private boolean advanceIterated(ValueEncoder encoder, Notation notation, FrameBuffer out) {
    endItem(notation, out);
    // not by size(): a concurrent collection may have changed
    for (; iterator.hasNext(); index++) {
      notation.index(index, out);
      if (stopsAt(iterator.next(), encoder)) {
        return false;
      }
      notation.endItem(out);
    }
    return true;
  }

  private boolean advanceTuple(ValueEncoder encoder) {
    if (inItem) {
      index++;
    }
    for (; index < size; index++) {
      if (stopsAt(list.get(index), encoder)) {
        return false;
      }
    }
    return true;
  }

  private boolean advanceSet(ValueEncoder encoder) {
    if (inItem) {
      index++;
    }
    for (; iterator.hasNext(); index++) {
      current = iterator.next();
      kinds |= PythonEquality.kind(current);
      if (stopsAt(current, encoder)) {
        return false;
      }
    }
    current = NONE;
    requireDistinct("elements of a set");
    return true;
  }

  private boolean advanceDict(ValueEncoder encoder, Notation notation, FrameBuffer out) {
    boolean resumed = inItem;
    while (true) {
      if (!resumed) {
        if (!iterator.hasNext()) {
          break;
        }
        Map.Entry<?, ?> entry = (Map.Entry<?, ?>) Objects.requireNonNull(iterator.next());
        current = entry.getKey();
        value = entry.getValue();
        kinds |= PythonEquality.kind(current);
        inKey = true;
        if (stopsAt(current, encoder)) {
          return false;
        }
      }
      if (!resumed || inKey) {
        inKey = false;
        if (stopsAt(value, encoder)) {
          return false;
        }
      }
      resumed = false;
      notation.endItem(out);
      index++;
    }
    current = NONE;
    requireDistinct("keys of a dict");
    return true;
  }

  private boolean advanceRecord(ValueEncoder encoder, Notation notation, FrameBuffer out) {
    RecordShape components = Objects.requireNonNull(shape);
    endItem(notation, out);
    for (; index < size; index++) {
      notation.text(components.name(index), out);
      if (stopsAt(components.read((Record) container, index), encoder)) {
        return false;
      }
      notation.endItem(out);
    }
    return true;
  }

  /** Writes the item, or remembers that it has to be written as a container. */
  private boolean stopsAt(@Nullable Object item, ValueEncoder encoder) {
    inItem = !encoder.writeScalar(item);
    if (inItem) {
      pending = item;
    }
    return inItem;
  }

  private void endItem(Notation notation, FrameBuffer out) {
    if (inItem) {
      notation.endItem(out);
      index++;
    }
  }

  private void requireDistinct(String what) {
    if (index < 2
        || !(PythonEquality.mayCollide(kinds) || PythonEquality.comparesByIdentity(container))) {
      return;
    }
    // not before: a map makes its key set when it is first asked for it
    Set<?> keys = container instanceof Map<?, ?> map ? map.keySet() : (Set<?>) container;
    PythonEquality.Collision collision = PythonEquality.find(keys);
    if (collision != null) {
      throw new DumpFailure(
          what + " that are the same in Python, " + collision, "send only one of them");
    }
  }

  /** The step from this container to the item being written, for the path to it. */
  String step() {
    return switch (kind) {
      case INDEXED_LIST, ITERATED_LIST, TUPLE -> PythonPath.index(index);
      case RECORD -> PythonPath.key(Objects.requireNonNull(shape).name(index));
      case SET, FROZENSET -> current == NONE ? "" : PythonPath.element(current);
      case DICT -> {
        if (current == NONE) {
          yield "";
        }
        yield inKey ? PythonPath.keyItself(current) : PythonPath.key(current);
      }
    };
  }
}
