package io.execnet.reactive;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** All that is sent on one channel of a {@link ModelGateway}, and what has to come of it. */
final class ModelSendings {

  /** More than a source is ever asked for ahead. */
  private static final int PREFETCH = 32;

  /** What is being sent: these items, or those of a source. */
  private record Sending(ModelResult result, List<String> items, @Nullable ModelSource source) {

    /** Whether it is nothing that has a form, or a channel, which may be closed. */
    boolean mayBeRefused() {
      return source == null && (items.isEmpty() || items.get(0).startsWith("["));
    }
  }

  /** The end of a source. */
  private static final class Broken extends RuntimeException {

    private static final long serialVersionUID = 1;

    Broken() {
      super("broken source");
    }
  }

  private final ModelGateway pair;
  private final ModelConversation conversation;
  private final Random random;
  private final List<Sending> all = new ArrayList<>();

  ModelSendings(ModelGateway pair, ModelConversation conversation) {
    this.pair = pair;
    this.conversation = conversation;
    this.random = pair.random;
  }

  /** Sends one item, which may be one that can't be sent. */
  void send() {
    String label = pair.next("item ");
    switch (random.nextInt(8)) {
      case 0 -> send(new Object(), List.of());
      case 1 -> {
        DefaultChannel other = pair.anyChannel();
        send(List.of(label, other), List.of("[" + label + ", <" + other.id() + ">]"));
      }
      default -> send(label, List.of(label));
    }
  }

  private void send(Object item, List<String> labels) {
    Mono<Void> sending =
        conversation
            .channel
            .send(item)
            .doOnSuccess(
                done -> {
                  if (pair.tellsAtOnce() && !pair.isWritable()) {
                    pair.violation(labels + " is sent where the transport takes nothing");
                  }
                });
    all.add(
        new Sending(
            pair.result("send on " + conversation.channel.id() + ",", sending), labels, null));
  }

  /** Sends what a source will give. */
  void sendAll() {
    ModelSource source = new ModelSource(pair, this);
    Mono<Void> sending = conversation.channel.send(source);
    all.add(new Sending(pair.result("send all", sending), source.emitted, source));
  }

  /** Does this with some of the sources. */
  void sources(Consumer<ModelSource> action) {
    for (Sending sending : List.copyOf(all)) {
      if (sending.source != null && random.nextBoolean()) {
        action.accept(sending.source);
      }
    }
  }

  void endSources() {
    sources(source -> source.end(random.nextBoolean() ? null : new Broken()));
  }

  /** Has one of those who wait wait no more. */
  void cancelOne() {
    if (!all.isEmpty()) {
      all.get(random.nextInt(all.size())).result.cancel();
    }
  }

  boolean anyIsPending() {
    return all.stream().anyMatch(sending -> sending.result.isActive());
  }

  /** Whether somebody waits who does not wait for a source. */
  boolean anySingleIsPending() {
    return all.stream().anyMatch(sending -> sending.source == null && sending.result.isActive());
  }

  /** A source is asked for no more than the other side has taken, and its credit allows. */
  void checkRequested(ModelSource source, long requested) {
    if (requested - source.emitted.size() > PREFETCH) {
      pair.violation("a source is asked for " + requested);
    }
    boolean mayCome = !conversation.mayNotSend(); // else what is sent fails
    int taken = conversation.far().taken();
    if (pair.hasCredit() && mayCome && requested > taken + pair.options.sendBuffer()) {
      pair.violation("a source is asked for %d, where %d were taken".formatted(requested, taken));
    }
  }

  /** There is room, so only those wait whose source has something and was not told to give it. */
  void checkNoneWaits() {
    all.stream()
        .filter(sending -> sending.result.isActive())
        .filter(sending -> sending.source == null || !sending.source.mayEmit())
        .forEach(sending -> pair.violation(sending.result + " waits, though there is room"));
  }

  /** What has arrived is what was sent, and what was said of that is true. */
  void checkArrivals() {
    List<String> arrived = conversation.far().received();
    Set<String> unknown = new HashSet<>(arrived);
    if (unknown.size() != arrived.size()) {
      pair.violation("something has arrived twice: " + arrived);
    }
    List<String> single = new ArrayList<>();
    for (Sending sending : all) {
      unknown.removeAll(Set.copyOf(sending.items));
      List<String> there = arrived.stream().filter(sending.items::contains).toList();
      if (!there.equals(sending.items.subList(0, there.size()))) {
        pair.violation(sending.items + " has arrived as " + there);
      }
      if (sending.source == null) {
        single.addAll(there);
      } else if (sending.source.isActive()) {
        pair.violation(sending.result + " left its source alone");
      }
      checkSent(sending, there);
    }
    if (!arrived.stream().filter(single::contains).toList().equals(single)) {
      pair.violation(single + " has arrived in another order: " + arrived);
    }
    if (!unknown.isEmpty()) {
      pair.violation("nobody has sent " + unknown);
    }
  }

  private void checkSent(Sending sending, List<String> there) {
    boolean mayBeLost = pair.hasEnded() || conversation.far().closedHere();
    if (sending.result.hasCompleted() && !mayBeLost && !there.equals(sending.items)) {
      pair.violation(sending.items + " has arrived as " + there);
    }
    if (sending.result.error() != null && sending.source == null && !there.isEmpty()) {
      pair.violation(there + " has arrived, and was said not to be sent");
    }
    if (sending.result.wasCancelled()
        && pair.tellsAtOnce()
        && sending.source == null
        && !there.isEmpty()) {
      pair.violation(there + " has arrived, and was cancelled before it was sent");
    }
    boolean over =
        conversation.stoppedHere() || conversation.mayNotSend() || conversation.far().closedHere();
    sending.result.checkEnded(
        error ->
            switch (ModelConversation.describe(error)) {
              case "closed" -> over;
              case "lost" -> pair.hasEnded();
              case "dump" -> sending.mayBeRefused();
              default -> error instanceof Broken;
            });
  }
}
