package io.execnet.benchmarks.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import net.razorvine.pickle.Pickler;
import net.razorvine.pickle.Unpickler;

/** Pyrolite's pickle, without the memo for values that occur twice: no peer here looks for them. */
final class PickleCodec implements Codec {

  private final Pickler pickler = new Pickler(false);
  private final Unpickler unpickler = new Unpickler();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Override
  public int encode(Object value) throws IOException {
    out.reset();
    pickler.dump(value, out);
    return out.size();
  }

  @Override
  public byte[] encoded() {
    return out.toByteArray();
  }

  @Override
  public Object decode(byte[] bytes) throws IOException {
    return unpickler.loads(bytes);
  }
}
