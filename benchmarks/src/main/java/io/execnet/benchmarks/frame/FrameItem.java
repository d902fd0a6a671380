package io.execnet.benchmarks.frame;

import io.execnet.benchmarks.codec.Shape;

/** What is in each frame. */
public enum FrameItem {
  /** Frames of 15 bytes. */
  INT(7L),
  /** Frames of about 150 bytes. */
  RECORD(Shape.RECORD.value()),
  /** Frames over four buffers and a bit. */
  BYTES_256K(new byte[256 << 10]),
  /** Frames over sixteen buffers and a bit. */
  BYTES_1M(new byte[1 << 20]);

  private final Object value;

  FrameItem(Object value) {
    this.value = value;
  }

  Object value() {
    return value;
  }
}
