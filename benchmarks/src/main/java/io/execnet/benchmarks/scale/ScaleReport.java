package io.execnet.benchmarks.scale;

import io.execnet.core.value.PyNone;
import io.execnet.reactive.Channel;
import io.execnet.reactive.Gateway;
import io.execnet.reactive.Group;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Opens many channels on one gateway and many gateways in one group, exchanges values on each while
 * all are open, and prints what this JVM holds before, with them and after. Arguments: how many
 * channels, how many gateways, and the spec.
 */
public final class ScaleReport {

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** Gateways that start at once: starting interpreters is work for the processors. */
  private static final int STARTS = 4;

  /** Serves every channel that it is sent by a callback, so that no channel needs a thread. */
  private static final String SERVE_CHANNELS =
      """
      served = []
      for other in iter(channel.receive, None):
          other.setcallback(lambda item, other=other: other.send(item + 1))
          served.append(other)
      channel.send(len(served))
      channel.receive()
      """;

  private static final String ECHO = "for item in channel: channel.send(item + 1)";

  private ScaleReport() {}

  /** Runs it. */
  public static void main(String[] args) throws InterruptedException {
    int channels = Integer.parseInt(args.length > 0 ? args[0] : "10000");
    int gateways = Integer.parseInt(args.length > 1 ? args[1] : "100");
    String spec = args.length > 2 ? args[2] : "popen";
    System.out.printf("Java %s, spec %s%n", Runtime.version(), spec);
    channels(spec, channels);
    gateways(spec, gateways);
  }

  private static void channels(String spec, int count) throws InterruptedException {
    try (Group group = Group.create()) {
      Gateway gateway = require(group.makeGateway(spec).block(PATIENCE));
      roundTrip(require(gateway.remoteExec(ECHO).open().block(PATIENCE)), -1);
      header(count + " channels on one gateway");
      Resources before = Resources.now();
      System.out.println(before.row("before"));

      Channel server = require(gateway.remoteExec(SERVE_CHANNELS).open().block(PATIENCE));
      List<Channel> open =
          require(
              Flux.range(0, count)
                  .concatMap(i -> gateway.newChannel())
                  .concatMap(channel -> server.send(channel).thenReturn(channel))
                  .collectList()
                  .block(PATIENCE));
      server.send(PyNone.NONE).then(server.receive().next()).block(PATIENCE);
      exchangeOnAll(open);
      exchangeOnAll(open);
      Resources with = Resources.now();
      System.out.println(with.row("open, values exchanged"));
      System.out.println(with.perEach(before, count));

      Flux.fromIterable(open).concatMap(Channel::close).blockLast(PATIENCE);
      server.close().block(PATIENCE);
      open.clear();
      System.out.println(Resources.now().row("closed"));
    }
  }

  private static void gateways(String spec, int count) throws InterruptedException {
    try (Group warm = Group.create()) {
      roundTrip(warm, spec, -1);
    }
    header(count + " gateways at once");
    Resources before = Resources.now();
    System.out.println(before.row("before"));
    try (Group group = Group.create()) {
      List<Channel> open =
          require(
              Flux.range(0, count)
                  .flatMap(i -> group.makeGateway(spec), STARTS)
                  .concatMap(gateway -> gateway.remoteExec(ECHO).open())
                  .collectList()
                  .block(PATIENCE));
      exchangeOnAll(open);
      Resources with = Resources.now();
      System.out.println(with.row("open, values exchanged"));
      System.out.println(with.perEach(before, count));
    }
    System.out.println(Resources.now().row("closed"));
  }

  /** On all at the same time. */
  private static void exchangeOnAll(List<Channel> channels) {
    List<Long> answers =
        require(
            Flux.fromIterable(channels)
                .flatMap(
                    channel ->
                        channel
                            .send((long) channel.id())
                            .then(channel.receive(Long.class).next())
                            .map(answer -> answer - channel.id()),
                    channels.size())
                .collectList()
                .block(PATIENCE));
    if (!answers.equals(IntStream.range(0, channels.size()).mapToObj(i -> 1L).toList())) {
      throw new IllegalStateException("not every channel answered as it should");
    }
  }

  private static void roundTrip(Group group, String spec, long value) {
    Gateway gateway = require(group.makeGateway(spec).block(PATIENCE));
    roundTrip(require(gateway.remoteExec(ECHO).open().block(PATIENCE)), value);
  }

  private static void roundTrip(Channel channel, long value) {
    Mono<Long> answer = channel.receive(Long.class).next();
    if (require(channel.send(value).then(answer).block(PATIENCE)) != value + 1) {
      throw new IllegalStateException("a wrong answer");
    }
    channel.close().block(PATIENCE);
  }

  private static void header(String what) {
    System.out.printf("%n| %s | threads | heap | descriptors |%n", what);
    System.out.println("| --- | --- | --- | --- |");
  }

  private static <T> T require(@Nullable T value) {
    return Objects.requireNonNull(value);
  }
}
