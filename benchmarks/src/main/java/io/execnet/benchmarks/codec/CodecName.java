package io.execnet.benchmarks.codec;

import java.util.function.Supplier;

/** Ours and its peers. */
public enum CodecName {
  EXECNET(ExecnetCodec::ofExecnet),
  MARSHAL(ExecnetCodec::ofMarshal),
  PICKLE(PickleCodec::new),
  MSGPACK(MsgpackCodec::new),
  CBOR(CborCodec::new),
  KRYO(KryoCodec::new),
  FORY(ForyCodec::new);

  private final Supplier<Codec> factory;

  CodecName(Supplier<Codec> factory) {
    this.factory = factory;
  }

  /** A new instance. */
  public Codec create() {
    return factory.get();
  }
}
