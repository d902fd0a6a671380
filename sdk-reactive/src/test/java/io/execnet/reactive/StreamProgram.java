package io.execnet.reactive;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;
import reactor.core.publisher.Flux;

/**
 * Streams bytes from or to a worker, to somebody who takes them as fast as can be at first, and
 * then ten times slower. Run by {@link StreamMemoryIT} in a JVM of its own. Prints the worker's
 * pid, how many items are done at every hundredth, and in the end that it is done.
 */
final class StreamProgram {

  private static final Duration FOREVER = Duration.ofHours(2);

  /** The pace of both ends: full speed for a tenth of the items, then a tenth of that speed. */
  private static final String SOURCE =
      """
      import os, time, zlib

      def pace(count):
          begun = time.monotonic()
          for number in range(count):
              if number > count // 10:
                  due = begun + full * (1 + 10 * (10 * number / count - 1))
                  time.sleep(max(0, due - time.monotonic()))
              else:
                  full = time.monotonic() - begun
              yield number

      def send(channel, size, count):
          crc, noise = 0, os.urandom(size + 4096)
          for number in range(count):
              item = noise[number % 4096:][:size]
              crc = zlib.crc32(item, crc)
              channel.send(item)
          channel.send(crc)

      def receive(channel, size, count):
          crc = 0
          for number in pace(count):
              crc = zlib.crc32(channel.receive(), crc)
          channel.send(crc)
      """;

  private static final int REPORTS = 100;

  private final int size;
  private final int count;
  private final CRC32 crc = new CRC32();
  private long begun;
  private long fullNanos;
  private int number;

  private StreamProgram(int size, int count) {
    this.size = size;
    this.count = count;
  }

  public static void main(String[] arguments) throws IOException {
    int size = Integer.parseInt(arguments[1]);
    int count = Math.toIntExact(Long.parseLong(arguments[2]) / size);
    StreamProgram program = new StreamProgram(size, count);
    GroupOptions options = GroupOptions.defaults();
    boolean bounded = Boolean.parseBoolean(arguments[3]);
    try (Group group = Group.create(bounded ? options : options.withUnboundedChannels())) {
      Gateway gateway = group.makeGateway().blockOptional(FOREVER).orElseThrow();
      System.out.println(gateway.rinfo().blockOptional(FOREVER).orElseThrow().pid());
      long theirs =
          arguments[0].equals("receive") ? program.receive(gateway) : program.send(gateway);
      if (theirs != program.crc.getValue()) {
        throw new AssertionError("CRC " + theirs + " there, " + program.crc.getValue() + " here");
      }
      System.out.println("done");
      System.in.read(); // until they have been looked at
    }
  }

  private RemoteExec code(Gateway gateway, String function) {
    return gateway.remoteExec(SOURCE).function(function, Map.of("size", size, "count", count));
  }

  private long receive(Gateway gateway) {
    return (Long) code(gateway, "send").receive().doOnNext(this::take).blockLast(FOREVER);
  }

  private void take(Object item) {
    if (item instanceof byte[] bytes) {
      if (number == 0) {
        begun = System.nanoTime();
      }
      if (number > count / 10) {
        double part = 10.0 * number / count - 1;
        long due = begun + (long) (fullNanos * (1 + 10 * part));
        LockSupport.parkNanos(due - System.nanoTime());
      } else {
        fullNanos = System.nanoTime() - begun;
      }
      crc.update(bytes);
      number++;
      report(number);
    }
  }

  /** Now and then, a line. */
  private void report(int items) {
    if ((long) items * REPORTS / count > (long) (items - 1) * REPORTS / count) {
      System.out.println(items);
    }
  }

  private long send(Gateway gateway) {
    byte[] noise = new byte[size + 4096];
    new Random(1).nextBytes(noise);
    Flux<Object> items =
        Flux.range(0, count)
            .map(
                each -> {
                  byte[] item = Arrays.copyOfRange(noise, each % 4096, each % 4096 + size);
                  crc.update(item);
                  report(each + 1);
                  return item;
                });
    return (Long) code(gateway, "receive").exchange(items, Object.class).blockLast(FOREVER);
  }
}
