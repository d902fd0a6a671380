package io.execnet.core.value;

import io.execnet.core.DumpException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
  private static final int LONGEST_PATH = 500;

  /** A cycle of more containers is reported as what exceeds maxDepth. */
  private static final int LONGEST_CYCLE = 1_000;

  private final int maxDepth;
  private final Notation notation;
  private EncoderFrame[] frames = {};
  private int depth;
  private FrameBuffer out = NO_BUFFER;
  private ChannelScope scope = ChannelScope.NONE;

  /** Creates an encoder with these limits, of which {@code maxDepth} matters here. */
  public ValueEncoder(ValueLimits limits) {
    this(limits, new ExecnetNotation());
  }

  private ValueEncoder(ValueLimits limits, Notation notation) {
    this.maxDepth = limits.maxDepth();
    this.notation = notation;
  }

  /**
   * One that writes the second encoding, Python's {@code marshal} format of version 2. Its {@link
   * #encode} throws a {@link NoMarshalFormException} where a value has to be sent in the first,
   * which goes through it once more.
   */
  public static ValueEncoder ofMarshal(ValueLimits limits) {
    return new ValueEncoder(limits, new MarshalNotation());
  }

  /** What remains in this buffer, if the value is more {@code bytes} than that, else null. */
  public static @Nullable ByteBuffer bytesOver(int length, @Nullable Object value) {
    Object content = content(value);
    if (content instanceof byte[] bytes) {
      return bytes.length > length ? ByteBuffer.wrap(bytes) : null;
    }
    return content instanceof ByteBuffer bytes && bytes.remaining() > length ? bytes : null;
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
      run(value);
      notation.stop(out);
      done = true;
    } catch (NoMarshalFormException e) {
      throw e;
    } catch (RuntimeException e) {
      throw failure(e);
    } catch (StackOverflowError e) {
      throw new DumpException(
          "a key that nests deeper than the stack of this thread allows: lower maxDepth ("
              + maxDepth
              + ")",
          e);
    } finally {
      if (!done) {
        out.truncate(start);
      }
      while (depth > 0) {
        frames[--depth].clear();
      }
      this.out = NO_BUFFER;
      this.scope = ChannelScope.NONE;
    }
  }

  /** Goes through containers in containers with a stack of its own: the thread's may be small. */
  private void run(@Nullable Object value) {
    if (writeScalar(value)) {
      return;
    }
    open(unwrapped(value), false);
    while (depth > 0) {
      EncoderFrame frame = frames[depth - 1];
      if (frame.advance(this, notation, out)) {
        frame.clear();
        depth--;
      } else {
        open(unwrapped(frame.pending()), frame.isHashed());
      }
    }
  }

  /** Begins a container, which is in those that are open. */
  private void open(Object container, boolean key) {
    if (key && !(container instanceof PyTuple || container instanceof PyFrozenSet)) {
      throw Unsupported.unhashable(container);
    }
    for (int i = depth - 1; i >= Math.max(0, depth - LONGEST_CYCLE); i--) {
      if (frames[i].isOf(container)) {
        throw new DumpFailure(
            "a cycle: a " + container.getClass().getTypeName() + " that holds itself",
            "Python's execnet has no form for it");
      }
    }
    if (depth >= maxDepth) {
      throw new DumpFailure(
          "the value nests deeper than " + maxDepth + " levels", "raise the limit maxDepth");
    }
    notation.requireForm(depth, key);
    if (depth == frames.length) {
      frames = Arrays.copyOf(frames, Math.max(8, 2 * depth));
    }
    EncoderFrame frame = frames[depth];
    if (frame == null) {
      frame = new EncoderFrame();
      frames[depth] = frame;
    }
    frame.begin(container, key, notation, out);
    depth++;
  }

  private DumpException failure(RuntimeException e) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < depth && path.length() < LONGEST_PATH; i++) {
      path.append(frames[i].step());
    }
    if (path.length() >= LONGEST_PATH) {
      path.append('…');
    }
    if (e instanceof DumpFailure failure) {
      return failure.at(path);
    }
    return e instanceof DumpException
        ? new DumpException(e.getMessage() + DumpFailure.where(path), e)
        : new DumpException("reading the value failed" + DumpFailure.where(path) + ": " + e, e);
  }

  /** Writes a value that is no container; false, with nothing written, if it is one. */
  boolean writeScalar(@Nullable Object value) {
    if (value == null) {
      notation.none(out);
      return true;
    }
    Class<?> type = value.getClass();
    if (type == String.class) {
      notation.text((String) value, out);
    } else if (type == Long.class) {
      notation.integer((Long) value, out);
    } else if (type == Integer.class) {
      notation.integer((Integer) value, out);
    } else if (type == Double.class) {
      notation.real((Double) value, out);
    } else if (type == Boolean.class) {
      notation.truth((Boolean) value, out);
    } else if (type == byte[].class) {
      byte[] bytes = (byte[]) value;
      notation.bytes(bytes.length, out);
      out.putBytes(bytes, 0, bytes.length);
    } else {
      return !(value instanceof Map || value instanceof Collection) && writeRare(value);
    }
    return true;
  }

  private boolean writeRare(Object value) {
    if (value instanceof CharSequence || value instanceof Character) {
      notation.text(value.toString(), out);
    } else if (value instanceof Float number) {
      notation.real(number, out);
    } else if (value instanceof Short
        || value instanceof Byte
        || value instanceof AtomicInteger
        || value instanceof AtomicLong) {
      notation.integer(((Number) value).longValue(), out);
    } else if (value instanceof BigInteger number) {
      writeBig(number);
    } else if (value instanceof ByteBuffer bytes) {
      notation.bytes(bytes.remaining(), out);
      out.putBytes(bytes);
    } else if (value instanceof Enum<?> constant) {
      if (constant == PyNone.NONE) {
        notation.none(out);
      } else {
        notation.text(constant.name(), out);
      }
    } else if (value instanceof PyComplex complex) {
      notation.complex(complex, out);
    } else if (value instanceof ChannelReference channel) {
      notation.channel(channel, scope, out);
    } else if (value instanceof Optional<?>) {
      return writeScalar(content(value));
    } else if (value instanceof Record || value.getClass().isArray()) {
      return false;
    } else {
      throw Unsupported.failure(value);
    }
    return true;
  }

  private static @Nullable Object content(@Nullable Object value) {
    Object content = value;
    while (content instanceof Optional<?> optional) {
      content = optional.orElse(null);
    }
    return content;
  }

  private static Object unwrapped(@Nullable Object container) {
    return Objects.requireNonNull(content(container));
  }

  private void writeBig(BigInteger value) {
    if (value.bitLength() < Long.SIZE) {
      notation.integer(value.longValue(), out);
    } else {
      notation.integer(value, out);
    }
  }
}
