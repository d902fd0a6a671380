package io.execnet.core.value;

import io.execnet.core.DumpException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.RandomAccess;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes Java values as payloads.
 *
 * <table>
 * <caption>What becomes what</caption>
 * <tr><th>Java</th><th>Python</th></tr>
 * <tr><td>null, {@link PyNone}, an empty {@link Optional}</td><td>None</td></tr>
 * <tr><td>Boolean</td><td>bool</td></tr>
 * <tr><td>Byte, Short, Integer, Long, BigInteger, AtomicInteger, AtomicLong</td><td>int</td></tr>
 * <tr><td>Float, Double</td><td>float</td></tr>
 * <tr><td>{@link PyComplex}</td><td>complex</td></tr>
 * <tr><td>CharSequence, Character; an enum's name</td><td>str</td></tr>
 * <tr><td>byte[], ByteBuffer (what remains; its position stays)</td><td>bytes</td></tr>
 * <tr><td>{@link PyTuple}</td><td>tuple</td></tr>
 * <tr><td>other collections, but for sets; other arrays</td><td>list</td></tr>
 * <tr><td>{@link PyFrozenSet}; other sets</td><td>frozenset; set</td></tr>
 * <tr><td>Map; a record, by the names of its components</td><td>dict</td></tr>
 * <tr><td>{@link ChannelReference}</td><td>the channel</td></tr>
 * </table>
 *
 * <p>An instance is used again and again, by one thread at a time.
 */
public final class ValueEncoder {

  private static final FrameBuffer NO_BUFFER = new FrameBuffer();

  private final int maxDepth;
  private @Nullable Object[] ancestors = new Object[16];
  private FrameBuffer out = NO_BUFFER;
  private ChannelScope scope = ChannelScope.NONE;

  /** Creates an encoder with these limits, of which {@code maxDepth} matters here. */
  public ValueEncoder(ValueLimits limits) {
    this.maxDepth = limits.maxDepth();
  }

  /**
   * Appends the payload of one value.
   *
   * @throws DumpException if the value has no exact Python form; the buffer then is as it was
   */
  public void encode(@Nullable Object value, FrameBuffer out, ChannelScope scope) {
    int start = out.length();
    boolean done = false;
    this.out = out;
    this.scope = scope;
    try {
      write(value, 0, false);
      out.putByte(Opcode.STOP);
      done = true;
    } catch (RuntimeException e) {
      throw DumpFailure.of(e).toException();
    } catch (StackOverflowError e) {
      throw new DumpException(
          "the value nests deeper than the stack of this thread allows: lower maxDepth ("
              + maxDepth
              + "), or use a thread with a larger stack",
          e);
    } finally {
      if (!done) {
        out.truncate(start);
        Arrays.fill(ancestors, null);
      }
      this.out = NO_BUFFER;
      this.scope = ChannelScope.NONE;
    }
  }

  /**
   * Writes one value without STOP.
   *
   * @param depth how many containers it is in
   * @param key whether Python will hash it
   */
  private void write(@Nullable Object value, int depth, boolean key) {
    if (value == null) {
      out.putByte(Opcode.NONE);
      return;
    }
    Class<?> type = value.getClass();
    if (type == String.class) {
      Utf8.write(Opcode.PY3STRING, (String) value, out);
    } else if (type == Long.class) {
      writeInt((Long) value);
    } else if (type == Integer.class) {
      out.putOpcode(Opcode.INT, (int) (Integer) value);
    } else if (type == Double.class) {
      out.putOpcode(Opcode.FLOAT, (double) (Double) value);
    } else if (type == Boolean.class) {
      out.putByte((Boolean) value ? Opcode.TRUE : Opcode.FALSE);
    } else if (type == byte[].class) {
      byte[] bytes = (byte[]) value;
      out.putOpcode(Opcode.BYTES, bytes.length);
      out.putBytes(bytes, 0, bytes.length);
    } else if (value instanceof Map<?, ?> map) {
      writeContainer(map, depth, key);
    } else if (value instanceof Collection<?> collection) {
      writeContainer(collection, depth, key);
    } else {
      writeRare(value, depth, key);
    }
  }

  private void writeRare(Object value, int depth, boolean key) {
    if (value instanceof CharSequence || value instanceof Character) {
      Utf8.write(Opcode.PY3STRING, value.toString(), out);
    } else if (value instanceof Float number) {
      out.putOpcode(Opcode.FLOAT, (double) number);
    } else if (value instanceof Short
        || value instanceof Byte
        || value instanceof AtomicInteger
        || value instanceof AtomicLong) {
      writeInt(((Number) value).longValue());
    } else if (value instanceof BigInteger number) {
      writeBig(number);
    } else if (value instanceof ByteBuffer bytes) {
      out.putOpcode(Opcode.BYTES, bytes.remaining());
      out.putBytes(bytes);
    } else if (value instanceof Enum<?> constant) {
      if (constant == PyNone.NONE) {
        out.putByte(Opcode.NONE);
      } else {
        Utf8.write(Opcode.PY3STRING, constant.name(), out);
      }
    } else if (value instanceof PyComplex complex) {
      out.putOpcode(Opcode.COMPLEX, complex.real());
      out.putLong(Double.doubleToRawLongBits(complex.imaginary()));
    } else if (value instanceof ChannelReference channel) {
      out.putOpcode(Opcode.CHANNEL, scope.idOf(channel));
    } else if (value instanceof Optional<?> optional) {
      write(content(optional), depth, key);
    } else if (value instanceof Record || value.getClass().isArray()) {
      writeContainer(value, depth, key);
    } else {
      throw Unsupported.failure(value);
    }
  }

  /** Unwraps without recursion, as nothing else counts how deep it goes. */
  private static @Nullable Object content(Optional<?> optional) {
    Object content = optional;
    while (content instanceof Optional<?> inner) {
      content = inner.orElse(null);
    }
    return content;
  }

  private void writeInt(long value) {
    if (value == (int) value) {
      out.putOpcode(Opcode.INT, (int) value);
    } else {
      Decimal.write(value, out);
    }
  }

  private void writeBig(BigInteger value) {
    if (value.bitLength() < Long.SIZE) {
      writeInt(value.longValue());
    } else {
      Utf8.write(Opcode.LONGINT, value.toString(), out);
    }
  }

  private void writeContainer(Object value, int depth, boolean key) {
    boolean hashable = value instanceof PyTuple || value instanceof PyFrozenSet;
    if (key && !hashable) {
      throw Unsupported.unhashable(value);
    }
    enter(value, depth);
    if (value instanceof Map<?, ?> map) {
      writeDict(map, depth + 1);
    } else if (value instanceof PyTuple tuple) {
      writeTuple(tuple, depth + 1, key);
    } else if (value instanceof Set<?> set) {
      writeSet(set, depth + 1, hashable ? Opcode.FROZENSET : Opcode.SET);
    } else if (value instanceof List<?> list && list instanceof RandomAccess) {
      writeIndexed(list, depth + 1);
    } else if (value instanceof Collection<?> collection) {
      writeIterated(collection, depth + 1);
    } else if (value instanceof Record record) {
      writeRecord(record, depth + 1);
    } else if (value instanceof Object[] array) {
      writeIndexed(Arrays.asList(array), depth + 1);
    } else {
      writeIndexed(new PrimitiveArray(value), depth + 1);
    }
    ancestors[depth] = null;
  }

  /** Counts one level, and refuses a container that is inside itself. */
  private void enter(Object container, int depth) {
    for (int i = depth - 1; i >= 0; i--) {
      if (ancestors[i] == container) {
        throw new DumpFailure(
            "a cycle: a " + container.getClass().getTypeName() + " that holds itself",
            "Python's execnet has no form for it");
      }
    }
    if (depth >= maxDepth) {
      throw new DumpFailure(
          "the value nests deeper than " + maxDepth + " levels", "raise the limit maxDepth");
    }
    if (depth == ancestors.length) {
      ancestors = Arrays.copyOf(ancestors, 2 * depth);
    }
    ancestors[depth] = container;
  }

  private void writeIndexed(List<?> list, int depth) {
    int size = list.size();
    out.putOpcode(Opcode.NEWLIST, size);
    int index = 0;
    try {
      for (; index < size; index++) {
        out.putOpcode(Opcode.INT, index);
        write(list.get(index), depth, false);
        out.putByte(Opcode.SETITEM);
      }
    } catch (RuntimeException e) {
      throw DumpFailure.of(e).at(PythonPath.index(index));
    }
  }

  private void writeIterated(Collection<?> items, int depth) {
    int start = out.length();
    out.putOpcode(Opcode.NEWLIST, 0);
    int index = 0;
    try {
      for (Object item : items) {
        out.putOpcode(Opcode.INT, index);
        write(item, depth, false);
        out.putByte(Opcode.SETITEM);
        index++;
      }
    } catch (RuntimeException e) {
      throw DumpFailure.of(e).at(PythonPath.index(index));
    }
    out.setInt(start + 1, index); // not size(): a concurrent collection may have changed
  }

  private void writeTuple(PyTuple tuple, int depth, boolean key) {
    int size = tuple.size();
    int index = 0;
    try {
      for (; index < size; index++) {
        write(tuple.get(index), depth, key);
      }
    } catch (RuntimeException e) {
      throw DumpFailure.of(e).at(PythonPath.index(index));
    }
    out.putOpcode(Opcode.BUILDTUPLE, size);
  }

  private void writeSet(Set<?> set, int depth, byte opcode) {
    int count = 0;
    int kinds = 0;
    Object current = null;
    try {
      for (Object element : set) {
        current = element;
        kinds |= PythonEquality.kind(element);
        write(element, depth, true);
        count++;
      }
    } catch (RuntimeException e) {
      throw DumpFailure.of(e).at(PythonPath.element(current));
    }
    requireDistinct(set, set, count, kinds, "elements of a set");
    out.putOpcode(opcode, count);
  }

  private void writeDict(Map<?, ?> map, int depth) {
    out.putByte(Opcode.NEWDICT);
    int count = 0;
    int kinds = 0;
    Object current = null;
    boolean inKey = true;
    try {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        current = entry.getKey();
        inKey = true;
        kinds |= PythonEquality.kind(current);
        write(current, depth, true);
        inKey = false;
        write(entry.getValue(), depth, false);
        out.putByte(Opcode.SETITEM);
        count++;
      }
    } catch (RuntimeException e) {
      throw DumpFailure.of(e).at(inKey ? PythonPath.keyItself(current) : PythonPath.key(current));
    }
    requireDistinct(map, map.keySet(), count, kinds, "keys of a dict");
  }

  private static void requireDistinct(
      Object container, Set<?> keys, int count, int kinds, String what) {
    boolean suspect =
        PythonEquality.mayCollide(kinds) || PythonEquality.comparesByIdentity(container);
    if (count < 2 || !suspect) {
      return;
    }
    PythonEquality.Collision collision = PythonEquality.find(keys);
    if (collision != null) {
      throw new DumpFailure(
          what + " that are the same in Python, " + collision, "send only one of them");
    }
  }

  private void writeRecord(Record value, int depth) {
    RecordShape shape = RecordShape.of(value);
    out.putByte(Opcode.NEWDICT);
    int index = 0;
    try {
      for (; index < shape.size(); index++) {
        Utf8.write(Opcode.PY3STRING, shape.name(index), out);
        write(shape.read(value, index), depth, false);
        out.putByte(Opcode.SETITEM);
      }
    } catch (RuntimeException e) {
      throw DumpFailure.of(e).at(PythonPath.key(shape.name(index)));
    }
  }
}
