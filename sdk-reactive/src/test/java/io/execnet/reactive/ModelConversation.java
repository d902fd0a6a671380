package io.execnet.reactive;

import io.execnet.core.ChannelClosedException;
import io.execnet.core.DumpException;
import io.execnet.core.GatewayLostException;
import io.execnet.core.RemoteException;
import io.execnet.core.protocol.ChannelCredit;
import io.execnet.core.protocol.ModelWorker;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One channel of a {@link ModelGateway}: random things done to it, and what has to come of them.
 */
final class ModelConversation {

  /** More than a source is ever asked for ahead. */
  private static final int PREFETCH = 32;

  private static final String ENOUGH = "enough";

  /** What is being sent: these items, or those of a source. */
  private record Sending(ModelResult result, List<String> items, @Nullable ModelSource source) {}

  final DefaultChannel channel;
  private final ModelGateway pair;
  private final Random random;
  private final boolean executes;
  private final List<String> received = new ArrayList<>();
  private final List<Sending> sendings = new ArrayList<>();
  private final List<ModelResult> commands = new ArrayList<>();
  private final List<ModelResult> waits = new ArrayList<>();
  private final List<ModelTaker> takers = new ArrayList<>();
  private boolean closes;
  private boolean closesWithError;
  private boolean cancels;
  private boolean halfCloses;
  private boolean discards;
  private boolean wasAlone = true;

  ModelConversation(ModelGateway pair, DefaultChannel channel, boolean executes) {
    this.pair = pair;
    this.random = pair.random;
    this.channel = channel;
    this.executes = executes;
  }

  private ModelWorker.View far() {
    return pair.worker.channel(channel.id());
  }

  private @Nullable ModelTaker taker() {
    ModelTaker last = takers.isEmpty() ? null : takers.get(takers.size() - 1);
    return last != null && last.isActive() ? last : null;
  }

  /** Does one thing. */
  void step() {
    ModelTaker taker = taker();
    switch (random.nextInt(24)) {
      case 0, 1 -> {
        if (taker != null) {
          leave(taker);
        }
      }
      case 2, 3, 4 -> receive();
      case 5, 6, 7, 8 -> {
        if (taker != null) {
          taker.request(1 + random.nextInt(4));
        }
      }
      case 9 -> {
        if (taker != null && random.nextInt(5) == 0) {
          wasAlone = true;
          taker.requestWrongly();
        }
      }
      case 10, 11, 12 -> send();
      case 13 -> send(new ModelSource(pair, this));
      case 14, 15, 16, 17 -> sources(source -> source.emit());
      case 18 -> sources(source -> source.end(random.nextBoolean() ? null : new Broken()));
      case 19 -> cancelSending();
      case 20 -> waits.add(pair.result("waitClose of " + channel.id() + ",", channel.waitClose()));
      case 21 -> {
        if (!waits.isEmpty()) {
          waits.get(random.nextInt(waits.size())).cancel();
        }
      }
      default -> end(random.nextInt(30));
    }
  }

  private void leave(ModelTaker taker) {
    wasAlone = true;
    taker.cancel();
  }

  private void receive() {
    ModelTaker current = taker();
    if (discards) {
      return;
    }
    ModelTaker next = new ModelTaker(pair, this, pair.next("taker of " + channel.id() + ", "));
    pair.note(next + " subscribes");
    if (current == null) {
      takers.add(next);
      channel.receive().subscribe(next);
    } else {
      channel.receive().subscribe(next);
      if (!(next.error() instanceof IllegalStateException)) {
        pair.violation("two receive from " + channel);
      }
    }
  }

  private void send() {
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
        channel
            .send(item)
            .doOnSuccess(
                done -> {
                  if (pair.tellsAtOnce() && !pair.isWritable()) {
                    pair.violation(labels + " is sent where the transport takes nothing");
                  }
                });
    sendings.add(new Sending(pair.result("send on " + channel.id() + ",", sending), labels, null));
  }

  private void send(ModelSource source) {
    sendings.add(
        new Sending(pair.result("send all", channel.send(source)), source.emitted, source));
  }

  private void sources(Consumer<ModelSource> action) {
    for (Sending sending : List.copyOf(sendings)) {
      if (sending.source != null && random.nextBoolean()) {
        action.accept(sending.source);
      }
    }
  }

  private void cancelSending() {
    if (!sendings.isEmpty()) {
      sendings.get(random.nextInt(sendings.size())).result.cancel();
    }
  }

  private void end(int way) {
    switch (way) {
      case 0, 1, 2 -> {
        halfCloses = true;
        commands.add(pair.result("halfClose", channel.halfClose()));
      }
      case 3 -> {
        closes = true;
        commands.add(pair.result("close", channel.close()));
      }
      case 4 -> {
        closesWithError = true;
        commands.add(pair.result("close", channel.close(ENOUGH)));
      }
      case 5, 6 -> {
        cancels = true;
        commands.add(pair.result("cancel", channel.cancel()));
      }
      case 7 -> discard();
      default -> {}
    }
  }

  /** As who runs code for what it sends, and has left. */
  private void discard() {
    discards = true;
    ModelTaker taker = taker();
    if (taker != null) {
      leave(taker);
    }
    channel.queue().discard();
  }

  // ---- what takers and sources tell

  void received(Object item) {
    if (item instanceof DefaultChannel other) {
      received.add("<" + other.id() + ">");
      pair.begin(other, false);
    } else {
      received.add((String) item);
    }
    if (received.size() > far().sent().size()
        || !received.get(received.size() - 1).equals(far().sent().get(received.size() - 1))) {
      pair.violation(channel + " got " + received + " of " + far().sent());
    }
    switch (random.nextInt(60)) {
      case 0 -> end(random.nextInt(7));
      case 1, 2 -> cancelSending();
      default -> {}
    }
  }

  /** A source is asked for no more than the other side has taken, and its credit allows. */
  void checkRequested(ModelSource source, long requested) {
    if (requested - source.emitted.size() > PREFETCH) {
      pair.violation("a source is asked for " + requested);
    }
    boolean mayCome = !halfCloses && !cancels; // else what is sent fails
    if (pair.hasCredit() && mayCome && requested > far().taken() + pair.options.sendBuffer()) {
      pair.violation(
          "a source is asked for %d, where %d were taken".formatted(requested, far().taken()));
    }
  }

  // ---- what has to come of it

  /**
   * The other side is never further ahead than its credit allows; and who waits to send is told at
   * once where nothing can be sent any more, but for the transport.
   */
  void checkBounds() {
    int ahead = far().sent().size() - received.size();
    if (pair.hasCredit() && !discards && ahead > pair.options.receiveBuffer()) {
      pair.violation("the other side of " + channel + " is " + ahead + " items ahead");
    }
    boolean mayNotSend = halfCloses || cancels;
    if (mayNotSend
        && pair.isIdle()
        && pair.isWritable()
        && sendings.stream().anyMatch(ModelConversation::waitsToSend)) {
      pair.violation("somebody waits to send on " + channel + ", which can't be");
    }
  }

  private static boolean waitsToSend(Sending sending) {
    return sending.source == null && sending.result.isPending();
  }

  /**
   * All that can happen by itself has: nobody waits for nothing.
   *
   * @param flow what the gateway says of this channel; null where that is nothing
   */
  void checkSettled(@Nullable ChannelFlow flow) {
    ModelWorker.View far = far();
    ModelTaker taker = taker();
    boolean gotAll = received.size() == far.sent().size();
    if (taker != null && pair.reads() && !stoppedHere()) {
      if (taker.wants() && !gotAll) {
        pair.violation(taker + " waits for what has come");
      }
      if (gotAll && (far.closedHere() || far.sendEnded())) {
        pair.violation(taker + " waits after the end");
      }
    }
    boolean holds = flow != null && flow.heldItems() > 0;
    Set<Waiter> waiters =
        flow == null
            ? Set.of()
            : flow.waits().stream().map(Wait::waiter).collect(Collectors.toSet());
    ChannelCredit credit = pair.gateway.engine().credit();
    if (far.waits() && !holds && credit.exhaustedSince().isEmpty()) {
      pair.violation("the other side of " + channel + " waits for nobody");
    }
    boolean awaitsEnd = waits.stream().anyMatch(ModelResult::isPending);
    boolean full =
        pair.hasCredit() ? credit.isFull(channel.id()) : waiters.contains(Waiter.REMOTE_SENDER);
    if (full && taker == null && !discards && !far.sendEnded() && awaitsEnd) {
      pair.violation("somebody waits for the end of " + channel + ", which can't come");
    }
    boolean sends = sendings.stream().anyMatch(sending -> sending.result.isPending());
    if (waiters.contains(Waiter.CLOSE) != awaitsEnd
        || (waiters.contains(Waiter.SENDER) && !sends)
        || waiters.contains(Waiter.SENDER_TO_TRANSPORT)
        || (waiters.contains(Waiter.REMOTE_SENDER) && pair.hasCredit() && far.sendEnded())) {
      pair.violation(channel + " says that these wait: " + waiters);
    }
    boolean roomThere =
        far.received().size() == far.taken()
            && pair.worker.held() < pair.options.gatewayBufferBytes();
    if (roomThere || !pair.hasCredit()) {
      sendings.stream()
          .filter(sending -> sending.result.isPending())
          .filter(sending -> sending.source == null || !sending.source.mayEmit())
          .forEach(sending -> pair.violation(sending.result + " waits, though there is room"));
    }
  }

  /** Whether it was ended here, so that what was on its way is for nobody. */
  private boolean stoppedHere() {
    return closes || closesWithError || (cancels && !interrupts()) || pair.hasEnded();
  }

  /** Whether a cancel leaves the end to the other side. */
  private boolean interrupts() {
    return executes && pair.worker.interrupts();
  }

  /** Sees to it that all is taken, and all sources end. */
  void takeAll() {
    if (taker() == null && takers.stream().noneMatch(ModelTaker::sawTheEnd)) {
      receive();
    }
    ModelTaker taker = taker();
    if (taker != null) {
      taker.requestAll();
    }
    sources(source -> source.end(null));
  }

  /** All has come to its end: to the right one? */
  void checkEnd() {
    checkItems();
    checkArrivals();
    Set<String> ends = ends();
    for (ModelResult wait : waits) {
      wait.checkEnded(
          error ->
              ends.contains(describe(error))
                  || (wasAlone && error instanceof IllegalStateException));
      if (wait.hasCompleted() && !ends.contains("complete")) {
        pair.violation(wait + " completed, where the end is " + ends);
      }
    }
    commands.forEach(command -> command.checkEnded(error -> false));
    if (!discards) {
      if (takers.stream().noneMatch(ModelTaker::sawTheEnd)) {
        pair.violation(channel + " never ended");
      }
    }
    takers.forEach(taker -> taker.checkEnd(takerEnds(ends)));
  }

  private void checkItems() {
    if (!stoppedHere() && !discards && !received.equals(far().sent())) {
      pair.violation(channel + " got " + received + " of " + far().sent());
    }
  }

  private void checkArrivals() {
    List<String> arrived = far().received();
    Set<String> unknown = new HashSet<>(arrived);
    if (unknown.size() != arrived.size()) {
      pair.violation("something has arrived twice: " + arrived);
    }
    List<String> single = new ArrayList<>();
    for (Sending sending : sendings) {
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
    boolean mayBeLost = pair.hasEnded() || far().closedHere();
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
    boolean over = stoppedHere() || cancels || halfCloses || far().closedHere();
    sending.result.checkEnded(
        error ->
            switch (describe(error)) {
              case "closed" -> over;
              case "lost" -> pair.hasEnded();
              case "dump" -> !sending.items.equals(List.of(error.toString()));
              default -> error instanceof Broken;
            });
  }

  /** How it may have ended. */
  private Set<String> ends() {
    ModelWorker.View far = far();
    Set<String> ends = new HashSet<>();
    if (pair.hasEnded()) {
      ends.add(pair.hasExited() ? "closed" : "lost");
    }
    if (closes
        || (cancels && !interrupts())
        || (halfCloses && far.sendEnded() && !executes)
        || (far.closedHere() && far.closedWith() == null)) {
      ends.add("complete");
    }
    if (closesWithError) {
      ends.add("closed");
    }
    if (far.closedHere() && far.closedWith() != null) {
      ends.add("remote " + far.closedWith());
    }
    return ends;
  }

  /** How it may have ended for who receives: also with the end of the items. */
  private Set<String> takerEnds(Set<String> ends) {
    if (!far().sendEnded()) {
      return ends;
    }
    Set<String> all = stoppedHere() ? new HashSet<>(ends) : new HashSet<>();
    all.add("complete");
    return all;
  }

  static String describe(Throwable error) {
    if (error instanceof RemoteException remote) {
      return "remote " + remote.remoteText();
    }
    return error instanceof GatewayLostException
        ? "lost"
        : error instanceof ChannelClosedException
            ? "closed"
            : error instanceof DumpException ? "dump" : error.toString();
  }

  @Override
  public String toString() {
    return channel.toString();
  }

  /** The end of a source. */
  static final class Broken extends RuntimeException {

    private static final long serialVersionUID = 1;

    Broken() {
      super("broken source");
    }
  }
}
