package io.execnet.benchmarks.scale;

import io.execnet.core.protocol.ProtocolLimits;
import io.execnet.core.value.ValueLimits;
import io.execnet.reactive.Gateway;
import io.execnet.reactive.Group;
import io.execnet.reactive.GroupOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Whether more costs more than its share: longer streams, more channels, more gateways, larger
 * values; and the JVM's processor time beside the worker's. Writes a table of each into {@code
 * scale.md}. Arguments, all optional: {@code items=…} of the longest stream, {@code channels=…},
 * {@code gateways=…}, {@code bytes=…} of the largest value, {@code millis=…} that each measurement
 * takes at least, {@code spec=…} and {@code folder=…}. A value of a gigabyte takes a heap of
 * several, so the JVM needs an {@code -Xmx}.
 */
public final class ScaleReport {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  private ScaleReport() {}

  /** Runs it. */
  public static void main(String[] arguments) throws InterruptedException, IOException {
    Limits limits = Limits.of(arguments);
    String title =
        "Java %s, spec %s, %d processors"
            .formatted(
                Runtime.version(), limits.spec(), Runtime.getRuntime().availableProcessors());
    System.out.println(title);
    List<Table> tables = new ArrayList<>();
    GroupOptions options =
        GroupOptions.defaults()
            .withLimits(new ProtocolLimits(ValueLimits.DEFAULT, LARGEST_ARRAY, 1_000_000));
    try (Group group = Group.create(options)) {
      StreamGrowth streams = new StreamGrowth(open(group, limits), limits.least());
      tables.add(streams.ofLength(limits.items()));
      tables.add(streams.ofKind());
      tables.add(new ChannelGrowth(open(group, limits), limits.least()).upTo(limits.channels()));
      tables.add(new StreamGrowth(open(group, limits), limits.least()).ofSize(limits.bytes()));
    }
    tables.add(new GatewayGrowth(limits.spec(), limits.least()).upTo(limits.gateways()));
    StringBuilder text = new StringBuilder(title).append('\n');
    tables.forEach(text::append);
    Files.createDirectories(limits.folder());
    Files.writeString(limits.folder().resolve("scale.md"), text);
  }

  private static Gateway open(Group group, Limits limits) {
    return Objects.requireNonNull(group.makeGateway(limits.spec()).block(PATIENCE));
  }
}
