package io.execnet.benchmarks.codec;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.util.ArrayList;
import java.util.LinkedHashMap;

/**
 * Kryo for graphs of any class, without looking for objects that occur twice. The classes of the
 * shapes are registered, as its authors advise: their names would be most of a small value.
 */
final class KryoCodec implements Codec {

  private static final int INITIAL = 4096;

  private final Kryo kryo = new Kryo();
  private final Output out = new Output(INITIAL, -1);
  private final Input in = new Input();

  KryoCodec() {
    kryo.setRegistrationRequired(false);
    kryo.setReferences(false);
    kryo.register(ArrayList.class);
    kryo.register(LinkedHashMap.class);
    kryo.register(byte[].class);
  }

  @Override
  public int encode(Object value) {
    out.reset();
    kryo.writeClassAndObject(out, value);
    return out.position();
  }

  @Override
  public byte[] encoded() {
    return out.toBytes();
  }

  @Override
  public Object decode(byte[] bytes) {
    in.setBuffer(bytes);
    return kryo.readClassAndObject(in);
  }
}
