package io.execnet.core.value;

import io.execnet.core.LoadException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
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

  private final ValueLimits limits;
  private final ValueStack stack = new ValueStack();
  private final PayloadInput in = new PayloadInput();
  private final PlainItems plain = new PlainItems(in, stack);

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
    in.begin(array, offset, length, origin);
    this.announced = 0;
    this.coercion = coercion;
    this.scope = scope;
    try {
      return in.isOneInt() ? (Object) (long) in.readInt() : run();
    } catch (IllegalArgumentException e) {
      throw in.failure(String.valueOf(e.getMessage()));
    } catch (StackOverflowError e) {
      throw in.failure(
          "a key that nests deeper than the stack of this thread allows: lower maxDepth ("
              + limits.maxDepth()
              + ")");
    } finally {
      stack.clear();
      in.clear();
      this.scope = ChannelScope.NONE;
    }
  }

  private @Nullable Object run() {
    while (true) {
      in.start = in.position;
      if (in.position >= in.end) {
        throw in.failure("the payload ends without STOP");
      }
      byte opcode = in.array[in.position++];
      switch (opcode) {
        case Opcode.INT, Opcode.LONG -> stack.pushInt(in.readInt());
        case Opcode.SETITEM -> setItem();
        case Opcode.PY3STRING -> pushString(!coercion.py3strAsPy2str());
        case Opcode.UNICODE -> pushString(true);
        case Opcode.FLOAT -> stack.push(in.readDouble(), 0);
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
        case Opcode.COMPLEX -> stack.push(new PyComplex(in.readDouble(), in.readDouble()), 0);
        case Opcode.PY2STRING -> pushPython2String();
        case Opcode.CHANNEL -> pushChannel();
        case Opcode.STOP -> {
          return stop();
        }
        default -> throw in.failure("unknown " + Opcode.name(opcode));
      }
    }
  }

  private @Nullable Object stop() {
    if (stack.size() != 1) {
      throw in.failure("STOP with " + stack.size() + " values on the stack instead of one");
    }
    if (in.position != in.end) {
      throw in.failure((in.end - in.position) + " bytes after STOP");
    }
    return stack.finish(0);
  }

  private void pushString(boolean isText) {
    if (isText) {
      stack.push(in.readText(), 0);
    } else {
      pushBytes();
    }
  }

  private void pushPython2String() {
    if (coercion.py2strAsPy3str()) {
      int length = in.readLength();
      stack.push(Utf8.latin1(in.array, in.position, length), 0);
      in.position += length;
    } else {
      pushBytes();
    }
  }

  private void pushBytes() {
    stack.push(in.readBytes(), 0);
  }

  private void pushLongInt() {
    int length = in.readLength();
    if (length > limits.maxIntDigits()) {
      throw in.failure(
          "an int of " + length + " digits: the limit maxIntDigits is " + limits.maxIntDigits());
    }
    if (!Decimal.isInt(in.array, in.position, length)) {
      throw in.failure("an int that is no decimal number");
    }
    stack.push(Decimal.read(in.array, in.position, length), 0);
    in.position += length;
  }

  private void pushChannel() {
    int id = in.readInt();
    try {
      stack.push(scope.channel(id), 0);
    } catch (LoadException e) {
      throw new LoadException(e.getMessage() + in.where(), e);
    }
  }

  private void newList() {
    int length = in.readInt();
    announced += length;
    // each item takes several bytes, so that no true payload comes near this
    if (length < 0 || announced > in.end - in.origin) {
      throw in.failure("a list of " + length + " items, which the payload can't hold");
    }
    requireDepth(1);
    ArrayList<@Nullable Object> list = new ArrayList<>(length);
    stack.pushContainer(list, 1, length);
    plain.fill(list, stack.size() - 1, coercion);
  }

  private void newDict() {
    requireDepth(1);
    LinkedHashMap<@Nullable Object, @Nullable Object> dict = new LinkedHashMap<>();
    stack.pushContainer(dict, 1, 0);
    plain.fill(dict, stack.size() - 1, coercion);
  }

  @SuppressWarnings("unchecked")
  private void setItem() {
    int slot = stack.size() - 3;
    if (slot < 0) {
      throw in.failure("SETITEM with " + stack.size() + " values on the stack");
    }
    Object container = stack.at(slot);
    if (container instanceof ArrayList<?>) {
      ArrayList<@Nullable Object> list = (ArrayList<@Nullable Object>) container;
      setListItem(list, slot);
      itemIsSet(slot);
      plain.fill(list, slot, coercion);
    } else if (container instanceof LinkedHashMap<?, ?>) {
      LinkedHashMap<@Nullable Object, @Nullable Object> dict =
          (LinkedHashMap<@Nullable Object, @Nullable Object>) container;
      setDictItem(dict, slot);
      itemIsSet(slot);
      plain.fill(dict, slot, coercion);
    } else {
      throw in.failure("SETITEM on what is neither a list nor a dict");
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
      throw in.failure("SETITEM at an index that the list of " + length + " items does not have");
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
    plain.put(dict, key, stack.finish(slot + 2));
    stack.addLow(slot, PythonEquality.kind(key));
    requireDepth(stack.depth(slot + 1) + 1);
    stack.deepen(slot, stack.depth(slot + 1) + 1);
  }

  private @Nullable Object key(int slot, String role) {
    try {
      return HashableForm.of(stack.finish(slot));
    } catch (IllegalArgumentException e) {
      throw in.failure(e.getMessage() + " as " + role);
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
        throw in.failure("a set with the element " + PythonPath.literal(element) + " twice");
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
    int count = in.readInt();
    if (count < 0 || count > stack.size()) {
      throw in.failure(
          instruction + " of " + count + " values with " + stack.size() + " on the stack");
    }
    return stack.size() - count;
  }

  private void requireDepth(int depth) {
    if (depth > limits.maxDepth()) {
      throw in.failure("a value that nests deeper than the limit maxDepth of " + limits.maxDepth());
    }
  }
}
