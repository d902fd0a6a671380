package io.execnet.benchmarks.codec;

import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Jackson's CBOR, through an object mapper: its way for values of no class of one's own. */
final class CborCodec implements Codec {

  private final ObjectWriter writer = new CBORMapper().writer();
  private final ObjectReader reader = new CBORMapper().readerFor(Object.class);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Override
  public int encode(Object value) throws IOException {
    out.reset();
    writer.writeValue(out, value);
    return out.size();
  }

  @Override
  public byte[] encoded() {
    return out.toByteArray();
  }

  @Override
  public Object decode(byte[] bytes) throws IOException {
    return reader.readValue(bytes);
  }
}
