package io.execnet.transport;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A handler that stops and resumes reading in the middle of a chunk, and looks long at the rest.
 */
final class StopAndGo implements ConnectionHandler {

  private static final int LOOKS = 50;

  private final Connection connection;
  private final CRC32 crc = new CRC32();
  private volatile boolean unchanged = true;
  private volatile long count;

  StopAndGo(Connection connection) {
    this.connection = connection;
  }

  @Override
  public void onBytes(ByteBuffer bytes) {
    crc.update(bytes.duplicate());
    long first = checksum(bytes);
    connection.setReading(false);
    connection.setReading(true);
    for (int i = 0; i < LOOKS; i++) {
      unchanged &= checksum(bytes) == first;
    }
    count += bytes.remaining();
  }

  private static long checksum(ByteBuffer bytes) {
    CRC32 sum = new CRC32();
    sum.update(bytes.duplicate());
    return sum.getValue();
  }

  @Override
  public void onWritable() {
    // little is written
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    // the test ends it
  }

  long count() {
    return count;
  }

  /** The checksum of all bytes; to be asked when no more come. */
  long crc() {
    return crc.getValue();
  }

  /** Whether every chunk stayed what it was while it was looked at. */
  boolean isUnchanged() {
    return unchanged;
  }
}
