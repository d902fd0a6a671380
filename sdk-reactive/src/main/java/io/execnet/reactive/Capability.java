package io.execnet.reactive;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** What a gateway can do beyond what stock execnet can, because both of its ends are ours. */
public enum Capability {
  /**
   * Demand reaches the other end, channel by channel: a remote {@code channel.send} blocks, and the
   * source of a {@link Channel#send(org.reactivestreams.Publisher)} is requested from, as the other
   * side takes items. Without it, a channel that holds too much stops the whole gateway's reading,
   * and the other side stores what is sent to it.
   */
  CREDIT("credit"),

  /**
   * Code that runs can be interrupted, wherever it is: see {@link Channel#cancel()}. Without it,
   * cancelling closes the channel, which the code notices when it next uses that.
   */
  CANCEL("cancel"),

  /** The worker says that it is there, whatever its code does: see {@link GroupOptions#ping()}. */
  PING("ping"),

  /** The worker says what it is at, whatever its code does: see {@link Gateway#diagnose()}. */
  DIAGNOSE("diagnose"),

  /**
   * Items travel in Python's {@code marshal} format, which CPython reads and writes in C, where
   * they have an exact form in it. Else, and without this, they travel in execnet's own.
   */
  MARSHAL("marshal"),

  /**
   * Items that are sent right after each other travel together, and long bytes as they are: only
   * with {@link #MARSHAL}, and where {@code ProtocolLimits.maxPayload} is 64 KiB or more.
   */
  ITEMS("items");

  private final String name;

  Capability(String name) {
    this.name = name;
  }

  /** Those of these names, as HELLO has them. */
  static Set<Capability> named(Set<String> names) {
    return Arrays.stream(values())
        .filter(it -> names.contains(it.name))
        .collect(Collectors.toUnmodifiableSet());
  }
}
