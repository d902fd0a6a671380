package io.execnet.reactive;

import io.execnet.core.XSpecException;
import io.execnet.core.spec.XSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The ids and gateways of one group, in the order in which they were asked for. Thread-safe; the
 * lock is held for a few instructions at a time.
 */
final class GatewayRegistry {

  /** An id, from the beginning of its gateway's start to its end. */
  static final class Entry {

    private final XSpec spec;
    private final String id;
    private @Nullable DefaultGateway gateway;
    private volatile List<Entry> hops = List.of();

    private Entry(XSpec spec, String id) {
      this.spec = spec;
      this.id = id;
    }

    XSpec spec() {
      return spec;
    }

    String id() {
      return id;
    }

    /** The gateways that this one goes through, from the beginning of its start to its end. */
    List<Entry> hops() {
      return hops;
    }

    /** The gateway of an entry that {@link #open()} gave. */
    DefaultGateway gateway() {
      return Objects.requireNonNull(gateway);
    }
  }

  private final Object lock = new Object();
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private int nextId;
  private boolean closed;

  /** The ids of the gateways that one with this spec goes through. */
  static Stream<String> hopIds(XSpec spec) {
    return Stream.of(spec.via(), spec.installvia()).flatMap(Optional::stream);
  }

  /** Takes the spec's id, or a free one. */
  Entry reserve(XSpec spec) {
    synchronized (lock) {
      return reserve(spec, id -> false);
    }
  }

  /**
   * Takes an id for each spec, in their order; where that can't be, there is the error in its
   * place.
   */
  List<Object> reserveAll(List<XSpec> specs) {
    Set<String> named =
        specs.stream().map(XSpec::id).flatMap(Optional::stream).collect(Collectors.toSet());
    synchronized (lock) {
      checkOpen();
      List<Object> reserved = new ArrayList<>();
      for (XSpec spec : specs) {
        try {
          reserved.add(reserve(spec, named::contains));
        } catch (XSpecException e) {
          reserved.add(e);
        }
      }
      return reserved;
    }
  }

  private Entry reserve(XSpec spec, Predicate<String> taken) {
    checkOpen();
    Entry entry = new Entry(spec, spec.id().orElseGet(() -> freeId(taken)));
    if (entries.putIfAbsent(entry.id, entry) != null) {
      throw new XSpecException("id '" + entry.id + "' is already in use in this group: " + spec);
    }
    return entry;
  }

  private String freeId(Predicate<String> taken) {
    String id;
    do {
      id = "gw" + nextId++;
    } while (entries.containsKey(id) || taken.test(id));
    return id;
  }

  /**
   * Finds the gateways that this one goes through, now that it is to be opened.
   *
   * @throws XSpecException if one of them is not open
   * @throws IllegalStateException if the group has been terminated
   */
  void findHops(Entry entry) {
    synchronized (lock) {
      checkOpen();
      entry.hops = hopIds(entry.spec).map(id -> openHop(id, entry)).toList();
    }
  }

  private Entry openHop(String id, Entry entry) {
    Entry hop = entries.get(id);
    if (hop == null || hop.gateway == null) {
      throw new XSpecException(
          "'"
              + entry.spec
              + "' goes through gateway '"
              + id
              + "', which is not open in this group");
    }
    return hop;
  }

  /** Lets an id have its gateway; false if it was given up meanwhile, or the group has ended. */
  boolean register(Entry entry, DefaultGateway gateway) {
    synchronized (lock) {
      if (closed || entries.get(entry.id) != entry) {
        return false;
      }
      entry.gateway = gateway;
      return true;
    }
  }

  /** Gives up an id that no gateway came to be of; one that did gives it up at its end. */
  void abandon(Entry entry) {
    synchronized (lock) {
      if (entry.gateway == null) {
        entries.remove(entry.id, entry);
      }
    }
  }

  void remove(Entry entry) {
    synchronized (lock) {
      entries.remove(entry.id, entry);
      entry.hops = List.of();
    }
  }

  /** Takes no more. */
  void close() {
    synchronized (lock) {
      closed = true;
    }
  }

  boolean isClosed() {
    synchronized (lock) {
      return closed;
    }
  }

  private void checkOpen() {
    if (closed) {
      throw terminatedException();
    }
  }

  static IllegalStateException terminatedException() {
    return new IllegalStateException("the group is terminated");
  }

  /** The entries that have a gateway. */
  List<Entry> open() {
    synchronized (lock) {
      return entries.values().stream().filter(entry -> entry.gateway != null).toList();
    }
  }

  Optional<DefaultGateway> gateway(String id) {
    synchronized (lock) {
      return Optional.ofNullable(entries.get(id)).map(entry -> entry.gateway);
    }
  }
}
