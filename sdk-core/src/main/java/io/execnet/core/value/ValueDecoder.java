package io.execnet.core.value;

import io.execnet.core.LoadException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads payloads as Java values.
 *
 * <table>
 * <caption>What becomes what</caption>
 * <tr><th>Python</th><th>Java</th></tr>
 * <tr><td>None</td><td>null</td></tr>
 * <tr><td>bool</td><td>Boolean</td></tr>
 * <tr><td>int</td><td>Long, or BigInteger where it does not fit</td></tr>
 * <tr><td>float; complex</td><td>Double; {@link PyComplex}</td></tr>
 * <tr><td>str</td><td>String</td></tr>
 * <tr><td>bytes</td><td>byte[]; in dict keys and sets, a read-only ByteBuffer</td></tr>
 * <tr><td>list; tuple</td><td>ArrayList; {@link PyTuple}</td></tr>
 * <tr><td>set; frozenset</td><td>LinkedHashSet; {@link PyFrozenSet}</td></tr>
 * <tr><td>dict</td><td>LinkedHashMap</td></tr>
 * <tr><td>a channel</td><td>what the {@link ChannelScope} has for its id</td></tr>
 * </table>
 *
 * <p>Whatever the bytes are, it takes memory in proportion to their number, and no recursion. An
 * instance is used again and again, by one thread at a time.
 */
public final class ValueDecoder {

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final byte[] NO_BYTES = {};
  private static final Object CONTAINER = new Object();

  private final ValueLimits limits;
  private final ValueStack stack = new ValueStack();
  private final KeyCache keys = new KeyCache();

  private byte[] array = NO_BYTES;
  private int position;
  private int end;
  private int start; // where the instruction being run begins
  private int origin; // where positions in messages count from
  private long announced; // how many items the lists so far have announced
  private StringCoercion coercion = StringCoercion.DEFAULT;
  private ChannelScope scope = ChannelScope.NONE;

  /** Creates a decoder with these limits. */
  public ValueDecoder(ValueLimits limits) {
    this.limits = limits;
  }

  /**
   * Reads a payload: what remains in the buffer, whose position stays.
   *
   * @throws LoadException if it is no valid value
   */
  public @Nullable Object decode(ByteBuffer payload, StringCoercion coercion, ChannelScope scope) {
    int length = payload.remaining();
    if (payload.hasArray()) {
      int offset = payload.arrayOffset() + payload.position();
      return decode(payload.array(), offset, length, coercion, scope);
    }
    byte[] copy = new byte[length];
    payload.get(payload.position(), copy);
    return decode(copy, 0, length, coercion, scope);
  }

  /**
   * Reads a payload, which is all of this part of the array.
   *
   * @throws LoadException if it is no valid value
   */
  public @Nullable Object decode(
      byte[] array, int offset, int length, StringCoercion coercion, ChannelScope scope) {
    return decode(array, offset, length, coercion, scope, offset);
  }

  @Nullable Object decode(
      byte[] array,
      int offset,
      int length,
      StringCoercion coercion,
      ChannelScope scope,
      int origin) {
    this.array = array;
    this.position = offset;
    this.end = offset + length;
    this.origin = origin;
    this.announced = 0;
    this.coercion = coercion;
    this.scope = scope;
    try {
      return run();
    } catch (IllegalArgumentException e) {
      throw failure(String.valueOf(e.getMessage()));
    } catch (StackOverflowError e) {
      throw failure(
          "a key that nests deeper than the stack of this thread allows: lower maxDepth ("
              + limits.maxDepth()
              + ")");
    } finally {
      stack.clear();
      this.array = NO_BYTES;
      this.scope = ChannelScope.NONE;
    }
  }

  private @Nullable Object run() {
    while (true) {
      start = position;
      if (position >= end) {
        throw failure("the payload ends without STOP");
      }
      byte opcode = array[position++];
      switch (opcode) {
        case Opcode.INT, Opcode.LONG -> stack.pushInt(readInt());
        case Opcode.SETITEM -> setItem();
        case Opcode.PY3STRING -> pushString(!coercion.py3strAsPy2str());
        case Opcode.UNICODE -> pushString(true);
        case Opcode.FLOAT -> stack.push(readDouble(), 0);
        case Opcode.NONE -> stack.push(null, 0);
        case Opcode.TRUE -> stack.push(Boolean.TRUE, 0);
        case Opcode.FALSE -> stack.push(Boolean.FALSE, 0);
        case Opcode.NEWLIST -> newList();
        case Opcode.NEWDICT -> newDict();
        case Opcode.BUILDTUPLE -> buildTuple();
        case Opcode.BYTES -> pushBytes();
        case Opcode.LONGINT, Opcode.LONGLONG -> pushLongInt();
        case Opcode.SET -> buildSet(false);
        case Opcode.FROZENSET -> buildSet(true);
        case Opcode.COMPLEX -> stack.push(new PyComplex(readDouble(), readDouble()), 0);
        case Opcode.PY2STRING -> pushPython2String();
        case Opcode.CHANNEL -> pushChannel();
        case Opcode.STOP -> {
          return stop();
        }
        default -> throw failure("unknown " + Opcode.name(opcode));
      }
    }
  }

  private @Nullable Object stop() {
    if (stack.size() != 1) {
      throw failure("STOP with " + stack.size() + " values on the stack instead of one");
    }
    if (position != end) {
      throw failure((end - position) + " bytes after STOP");
    }
    return stack.finish(0);
  }

  private void pushString(boolean isText) {
    if (isText) {
      stack.push(text(false), 0);
    } else {
      pushBytes();
    }
  }

  /** Reads a length and so many bytes as text. */
  private String text(boolean key) {
    int length = readLength();
    try {
      String known = key ? keys.get(array, position, length) : null;
      String text = known == null ? Utf8.read(array, position, length) : known;
      position += length;
      return text;
    } catch (CharacterCodingException e) {
      throw failure("text that is no UTF-8 (" + e.getMessage() + ")");
    }
  }

  private void pushPython2String() {
    if (coercion.py2strAsPy3str()) {
      int length = readLength();
      stack.push(Utf8.latin1(array, position, length), 0);
      position += length;
    } else {
      pushBytes();
    }
  }

  private void pushBytes() {
    int length = readLength();
    stack.push(Arrays.copyOfRange(array, position, position + length), 0);
    position += length;
  }

  private void pushLongInt() {
    int length = readLength();
    if (length > limits.maxIntDigits()) {
      throw failure(
          "an int of " + length + " digits: the limit maxIntDigits is " + limits.maxIntDigits());
    }
    if (!Decimal.isInt(array, position, length)) {
      throw failure("an int that is no decimal number");
    }
    stack.push(Decimal.read(array, position, length), 0);
    position += length;
  }

  private void pushChannel() {
    int id = readInt();
    try {
      stack.push(scope.channel(id), 0);
    } catch (LoadException e) {
      throw new LoadException(e.getMessage() + where(), e);
    }
  }

  private void newList() {
    int length = readInt();
    announced += length;
    // each item takes several bytes, so that no true payload comes near this
    if (length < 0 || announced > end - origin) {
      throw failure("a list of " + length + " items, which the payload can't hold");
    }
    requireDepth(1);
    ArrayList<@Nullable Object> list = new ArrayList<>(length);
    stack.pushContainer(list, 1, length);
    fill(list, stack.size() - 1);
  }

  private void newDict() {
    requireDepth(1);
    LinkedHashMap<@Nullable Object, @Nullable Object> dict = new LinkedHashMap<>();
    stack.pushContainer(dict, 1, 0);
    fill(dict, stack.size() - 1);
  }

  /**
   * Runs the instructions for the items of the list on top, as long as they come in their order and
   * hold no containers: what nearly all lists are, without the detour over the stack. The first
   * that is otherwise is left to the machine.
   */
  private void fill(ArrayList<@Nullable Object> list, int slot) {
    int length = stack.low(slot);
    int index = list.size();
    while (index < length
        && end - position > 5
        && array[position] == Opcode.INT
        && (int) INT.get(array, position + 1) == index) {
      position += 5;
      int itemAt = position;
      Object item = scalar();
      if (item == CONTAINER || position >= end || array[position] != Opcode.SETITEM) {
        position = itemAt;
        stack.pushInt(index);
        return;
      }
      position++;
      list.add(item);
      index++;
    }
  }

  /** The same for the dict on top and keys that are text. */
  private void fill(LinkedHashMap<@Nullable Object, @Nullable Object> dict, int slot) {
    while (position < end && array[position] == Opcode.PY3STRING && !coercion.py3strAsPy2str()) {
      start = position++;
      String key = text(true);
      int valueAt = position;
      Object value = scalar();
      if (value == CONTAINER || position >= end || array[position] != Opcode.SETITEM) {
        position = valueAt;
        stack.push(key, 0);
        return;
      }
      start = position++;
      put(dict, key, value);
      stack.addLow(slot, PythonEquality.TEXT);
    }
  }

  /** Reads the next value if it is of the usual ones that are no containers, else CONTAINER. */
  private @Nullable Object scalar() {
    start = position;
    if (position >= end) {
      return CONTAINER;
    }
    switch (array[position]) {
      case Opcode.INT -> {
        position++;
        return (long) readInt();
      }
      case Opcode.PY3STRING -> {
        if (coercion.py3strAsPy2str()) {
          return CONTAINER;
        }
        position++;
        return text(false);
      }
      case Opcode.FLOAT -> {
        position++;
        return readDouble();
      }
      case Opcode.TRUE -> {
        position++;
        return Boolean.TRUE;
      }
      case Opcode.FALSE -> {
        position++;
        return Boolean.FALSE;
      }
      case Opcode.NONE -> {
        position++;
        return null;
      }
      default -> {
        return CONTAINER;
      }
    }
  }

  private void put(
      LinkedHashMap<@Nullable Object, @Nullable Object> dict,
      @Nullable Object key,
      @Nullable Object value) {
    int before = dict.size();
    dict.put(key, value);
    if (dict.size() == before) {
      throw failure("a dict with the key " + PythonPath.literal(key) + " twice");
    }
  }

  @SuppressWarnings("unchecked")
  private void setItem() {
    int slot = stack.size() - 3;
    if (slot < 0) {
      throw failure("SETITEM with " + stack.size() + " values on the stack");
    }
    Object container = stack.at(slot);
    if (container instanceof ArrayList<?>) {
      ArrayList<@Nullable Object> list = (ArrayList<@Nullable Object>) container;
      setListItem(list, slot);
      itemIsSet(slot);
      fill(list, slot);
    } else if (container instanceof LinkedHashMap<?, ?>) {
      LinkedHashMap<@Nullable Object, @Nullable Object> dict =
          (LinkedHashMap<@Nullable Object, @Nullable Object>) container;
      setDictItem(dict, slot);
      itemIsSet(slot);
      fill(dict, slot);
    } else {
      throw failure("SETITEM on what is neither a list nor a dict");
    }
  }

  private void itemIsSet(int slot) {
    int depth = stack.depth(slot + 2) + 1;
    requireDepth(depth);
    stack.deepen(slot, depth);
    stack.drop(slot + 1);
  }

  private void setListItem(ArrayList<@Nullable Object> list, int slot) {
    long index = stack.number(slot + 1);
    int length = stack.low(slot);
    if (!stack.isInt(slot + 1) || index < 0 || index >= length) {
      throw failure("SETITEM at an index that the list of " + length + " items does not have");
    }
    Object item = stack.finish(slot + 2);
    if (index < list.size()) {
      list.set((int) index, item);
    } else {
      ValueStack.pad(list, (int) index);
      list.add(item);
    }
  }

  private void setDictItem(LinkedHashMap<@Nullable Object, @Nullable Object> dict, int slot) {
    Object key = key(slot + 1, "a dict's key");
    put(dict, key, stack.finish(slot + 2));
    stack.addLow(slot, PythonEquality.kind(key));
    requireDepth(stack.depth(slot + 1) + 1);
    stack.deepen(slot, stack.depth(slot + 1) + 1);
  }

  private @Nullable Object key(int slot, String role) {
    try {
      return HashableForm.of(stack.finish(slot));
    } catch (IllegalArgumentException e) {
      throw failure(e.getMessage() + " as " + role);
    }
  }

  private void buildTuple() {
    int first = firstOf("BUILDTUPLE");
    int count = stack.size() - first;
    @Nullable Object[] items = new Object[count];
    int depth = 0;
    for (int i = 0; i < count; i++) {
      items[i] = stack.finish(first + i);
      depth = Math.max(depth, stack.depth(first + i));
    }
    replace(first, PyTuple.wrap(items), depth + 1);
  }

  private void buildSet(boolean frozen) {
    int first = firstOf(frozen ? "FROZENSET" : "SET");
    int count = stack.size() - first;
    Set<@Nullable Object> set = new LinkedHashSet<>(count + count / 3 + 1);
    int depth = 0;
    int kinds = 0;
    for (int slot = first; slot < first + count; slot++) {
      Object element = key(slot, "a set's element");
      kinds |= PythonEquality.kind(element);
      depth = Math.max(depth, stack.depth(slot));
      if (!set.add(element)) {
        throw failure("a set with the element " + PythonPath.literal(element) + " twice");
      }
    }
    if (count > 1 && PythonEquality.mayCollide(kinds)) {
      ValueStack.requireDistinct(set);
    }
    if (frozen) {
      PyFrozenSet value = PyFrozenSet.wrap(set);
      value.rememberPythonHash();
      replace(first, value, depth + 1);
    } else {
      replace(first, set, depth + 1);
    }
  }

  private void replace(int first, Object container, int depth) {
    requireDepth(depth);
    stack.drop(first);
    stack.pushContainer(container, depth, 0);
  }

  /** Reads a count; gives the slot of the first of so many values. */
  private int firstOf(String instruction) {
    int count = readInt();
    if (count < 0 || count > stack.size()) {
      throw failure(
          instruction + " of " + count + " values with " + stack.size() + " on the stack");
    }
    return stack.size() - count;
  }

  private int readInt() {
    need(4);
    int value = (int) INT.get(array, position);
    position += 4;
    return value;
  }

  private double readDouble() {
    need(8);
    long bits = (long) LONG.get(array, position);
    position += 8;
    return Double.longBitsToDouble(bits);
  }

  private int readLength() {
    int length = readInt();
    if (length < 0 || length > end - position) {
      throw failure(
          "%s of %d bytes, of which %d are there"
              .formatted(Opcode.name(array[start]), length, end - position));
    }
    return length;
  }

  private void need(int count) {
    if (end - position < count) {
      throw failure("the payload ends inside " + Opcode.name(array[start]));
    }
  }

  private void requireDepth(int depth) {
    if (depth > limits.maxDepth()) {
      throw failure("a value that nests deeper than the limit maxDepth of " + limits.maxDepth());
    }
  }

  private LoadException failure(String what) {
    return new LoadException(what + where());
  }

  private String where() {
    return " at byte " + (start - origin);
  }
}
