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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One channel of a {@link ModelGateway}: random things done to it, and what has to come of them.
 */
final class ModelConversation {

  private static final String ENOUGH = "enough";

  final DefaultChannel channel;
  private final ModelGateway pair;
  private final Random random;
  private final boolean executes;
  private final List<String> received = new ArrayList<>();
  private final ModelSendings sendings;
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
    this.sendings = new ModelSendings(pair, this);
  }

  /** What the other side knows. */
  ModelWorker.View far() {
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
      case 10, 11, 12 -> sendings.send();
      case 13 -> sendings.sendAll();
      case 14, 15, 16, 17 -> sendings.sources(ModelSource::emit);
      case 18 -> sendings.endSources();
      case 19 -> sendings.cancelOne();
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
      case 1, 2 -> sendings.cancelOne();
      default -> {}
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
    if (mayNotSend() && pair.isIdle() && pair.isWritable() && sendings.anySingleIsPending()) {
      pair.violation("somebody waits to send on " + channel + ", which can't be");
    }
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
    boolean awaitsEnd = waits.stream().anyMatch(ModelResult::isActive);
    boolean full =
        pair.hasCredit() ? credit.isFull(channel.id()) : waiters.contains(Waiter.REMOTE_SENDER);
    if (full && taker == null && !discards && !far.sendEnded() && awaitsEnd) {
      pair.violation("somebody waits for the end of " + channel + ", which can't come");
    }
    if (waiters.contains(Waiter.CLOSE) != awaitsEnd
        || (waiters.contains(Waiter.SENDER) && !sendings.anyIsPending())
        || waiters.contains(Waiter.SENDER_TO_TRANSPORT)
        || (waiters.contains(Waiter.REMOTE_SENDER) && pair.hasCredit() && far.sendEnded())) {
      pair.violation(channel + " says that these wait: " + waiters);
    }
    boolean roomThere =
        far.received().size() == far.taken()
            && pair.worker.held() < pair.options.gatewayBufferBytes();
    if (roomThere || !pair.hasCredit()) {
      sendings.checkNoneWaits();
    }
  }

  /** Whether it was said here that nothing more is sent, or wanted. */
  boolean mayNotSend() {
    return halfCloses || cancels;
  }

  /** Whether it was ended here, so that what was on its way is for nobody. */
  boolean stoppedHere() {
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
    sendings.sources(source -> source.end(null));
  }

  /** All has come to its end: to the right one? */
  void checkEnd() {
    checkItems();
    sendings.checkArrivals();
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
}
