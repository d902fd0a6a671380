package io.execnet.transport;

/**
 * A line that code in a worker printed.
 *
 * @param gatewayId the gateway whose worker printed it
 * @param stream which descriptor it was written to, by the worker itself or a process it started
 * @param text the line without its end, bad UTF-8 replaced; a line that is longer than 64 KiB comes
 *     in parts
 */
public record OutputLine(String gatewayId, Stream stream, String text) {

  /** One of the two standard streams. */
  public enum Stream {
    /** Descriptor 1. */
    STDOUT,
    /** Descriptor 2. */
    STDERR
  }
}
