package io.execnet.reactive;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

/**
 * Asks the worker of one gateway what it is at (DIAGNOSE). Its state is changed on the event loop
 * only.
 */
final class WorkerDiagnosis {

  /** What was answered, or why nothing was. */
  private record Answer(boolean isAnswered, String text) {}

  private final DefaultGateway gateway;
  private final Map<Integer, MonoSink<Answer>> asked = new HashMap<>();
  private int lastNumber;

  WorkerDiagnosis(DefaultGateway gateway) {
    this.gateway = gateway;
  }

  /** See {@link Gateway#diagnose(Duration)}. */
  Mono<Diagnosis> ask(Duration timeout) {
    return Mono.defer(
        () -> {
          AtomicReference<@Nullable GatewayFlow> here = new AtomicReference<>();
          Mono<Answer> answer =
              Mono.create(
                  sink ->
                      gateway
                          .threads()
                          .onLoop(
                              () -> {
                                here.set(gateway.flowNow());
                                ask(sink);
                              }));
          return answer
              .timeout(timeout, Mono.fromSupplier(() -> none(timeout, here.get())))
              .publishOn(Schedulers.parallel())
              .map(
                  it ->
                      new Diagnosis(
                          gateway.id(), Optional.ofNullable(here.get()), it.isAnswered, it.text));
        });
  }

  private void ask(MonoSink<Answer> sink) {
    int number = ++lastNumber;
    if (!gateway.isOpen()) {
      sink.success(ended());
    } else if (gateway.engine().diagnose(number)) {
      asked.put(number, sink);
      sink.onDispose(() -> gateway.threads().onLoop(() -> asked.remove(number)));
      gateway.flushLater();
    } else {
      sink.success(
          new Answer(
              false, "the worker can't tell what it is at: it is not ours, or an older one"));
    }
  }

  private static Answer none(Duration timeout, @Nullable GatewayFlow here) {
    if (here == null) {
      return new Answer(false, "the worker was not asked: the event loop here does not answer");
    }
    String why =
        here.isReading()
            ? "it is stopped, or code of C keeps all else in it from running, or what connects it takes nothing"
            : "a channel is full, so nothing that it sends is read";
    return new Answer(
        false, "the worker does not answer within %d ms: %s".formatted(timeout.toMillis(), why));
  }

  private static Answer ended() {
    return new Answer(false, "the gateway has ended, or was asked to");
  }

  /** The worker has answered. */
  void answered(int number, String text) {
    MonoSink<Answer> sink = asked.get(number);
    if (sink != null) {
      sink.success(new Answer(true, text));
    }
  }

  /** It never will. */
  void stop() {
    List<MonoSink<Answer>> sinks = new ArrayList<>(asked.values());
    sinks.forEach(sink -> sink.success(ended()));
  }
}
