package io.execnet.benchmarks.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.core.buffer.ArrayBufferInput;

/** MessagePack; its core has no writer for any object, so these are the shortest loops over it. */
final class MsgpackCodec implements Codec {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final MessagePacker packer = MessagePack.newDefaultPacker(out);
  private final ArrayBufferInput in = new ArrayBufferInput(new byte[0]);
  private final MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(in);

  @Override
  public int encode(Object value) throws IOException {
    out.reset();
    pack(value);
    packer.flush();
    return out.size();
  }

  @Override
  public byte[] encoded() {
    return out.toByteArray();
  }

  private void pack(Object value) throws IOException {
    if (value instanceof String text) {
      packer.packString(text);
    } else if (value instanceof Long number) {
      packer.packLong(number);
    } else if (value instanceof Boolean truth) {
      packer.packBoolean(truth);
    } else if (value instanceof Double number) {
      packer.packDouble(number);
    } else if (value instanceof List<?> list) {
      packer.packArrayHeader(list.size());
      for (Object item : list) {
        pack(item);
      }
    } else if (value instanceof Map<?, ?> map) {
      packer.packMapHeader(map.size());
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        pack(entry.getKey());
        pack(entry.getValue());
      }
    } else if (value instanceof byte[] bytes) {
      packer.packBinaryHeader(bytes.length);
      packer.writePayload(bytes);
    } else {
      throw new IllegalArgumentException(value.getClass().getName());
    }
  }

  @Override
  public Object decode(byte[] bytes) throws IOException {
    in.reset(bytes);
    unpacker.reset(in);
    return unpack();
  }

  private Object unpack() throws IOException {
    return switch (unpacker.getNextFormat().getValueType()) {
      case STRING -> unpacker.unpackString();
      case INTEGER -> unpacker.unpackLong();
      case BOOLEAN -> unpacker.unpackBoolean();
      case FLOAT -> unpacker.unpackDouble();
      case ARRAY -> {
        int size = unpacker.unpackArrayHeader();
        List<Object> list = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
          list.add(unpack());
        }
        yield list;
      }
      case MAP -> {
        int size = unpacker.unpackMapHeader();
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
          map.put(unpack(), unpack());
        }
        yield map;
      }
      case BINARY -> unpacker.readPayload(unpacker.unpackBinaryHeader());
      default -> throw new IOException("not among the shapes");
    };
  }
}
