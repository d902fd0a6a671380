package io.execnet.core.value;

import io.execnet.core.DumpException;
import io.execnet.core.LoadException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * execnet's {@code dumps}, {@code loads}, {@code dump} and {@code load}: values as bytes that can
 * be kept, with one version byte before them. For what becomes what see {@link ValueEncoder} and
 * {@link ValueDecoder}. Channels can't be kept: they have no meaning outside their gateway.
 *
 * <p>Immutable; any number of threads may use it.
 */
public final class Serializer {

  private static final byte VERSION = 2;
  private static final byte VERSION_BEFORE_2_0 = 1;

  private final StringCoercion coercion;
  private final ValueLimits limits;

  /**
   * Creates one that reads strings as execnet's {@code loads} does by default, so that a Python 2
   * {@code str} becomes bytes, with {@link ValueLimits#DEFAULT}.
   */
  public Serializer() {
    this(new StringCoercion(false, false), ValueLimits.DEFAULT);
  }

  private Serializer(StringCoercion coercion, ValueLimits limits) {
    this.coercion = coercion;
    this.limits = limits;
  }

  /** The same with another way to read strings. */
  public Serializer withCoercion(StringCoercion newCoercion) {
    return new Serializer(newCoercion, limits);
  }

  /** The same with other limits. */
  public Serializer withLimits(ValueLimits newLimits) {
    return new Serializer(coercion, newLimits);
  }

  /**
   * Writes a value as execnet 2.0 and later do (version byte 2).
   *
   * @throws DumpException if it has no exact Python form
   */
  public byte[] dumps(@Nullable Object value) {
    return write(value).toByteArray();
  }

  /**
   * Writes a value to a stream, which is neither flushed nor closed. Where this fails nothing has
   * been written.
   *
   * @throws DumpException if it has no exact Python form
   */
  public void dump(OutputStream out, @Nullable Object value) throws IOException {
    FrameBuffer bytes = write(value);
    out.write(bytes.array(), 0, bytes.length());
  }

  /**
   * Reads what execnet of any version wrote.
   *
   * @return the value; null for None
   * @throws LoadException if this is no value, or not just one
   */
  public @Nullable Object loads(byte[] bytes) {
    return read(bytes, 0, bytes.length);
  }

  /**
   * Reads what remains in the buffer, whose position stays.
   *
   * @return the value; null for None
   * @throws LoadException if this is no value, or not just one
   */
  public @Nullable Object loads(ByteBuffer bytes) {
    if (bytes.hasArray()) {
      return read(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(bytes.position(), copy);
    return loads(copy);
  }

  /**
   * Reads one value and not a byte more, so that values can follow each other. It reads in small
   * pieces: buffer the stream. Memory is taken as bytes arrive, whatever lengths they announce.
   *
   * @return the value; null for None
   * @throws EOFException if the stream has ended: there is no further value
   * @throws LoadException if this is no value, or if the stream ends inside it
   */
  public @Nullable Object load(InputStream in) throws IOException {
    FrameBuffer bytes = StreamFraming.read(in);
    return read(bytes.array(), 0, bytes.length());
  }

  static boolean isVersion(byte version) {
    return version == VERSION || version == VERSION_BEFORE_2_0;
  }

  private FrameBuffer write(@Nullable Object value) {
    FrameBuffer bytes = new FrameBuffer();
    bytes.putByte(VERSION);
    new ValueEncoder(limits).encode(value, bytes, ChannelScope.NONE);
    return bytes;
  }

  private @Nullable Object read(byte[] array, int offset, int length) {
    if (length == 0) {
      throw new LoadException("no bytes, so no value");
    }
    if (!isVersion(array[offset])) {
      throw new LoadException(
          "version byte %d: execnet writes 2, and 1 before its version 2.0; is this its dump?"
              .formatted(array[offset] & 0xff));
    }
    return new ValueDecoder(limits)
        .decode(array, offset + 1, length - 1, coercion, ChannelScope.NONE, offset);
  }
}
