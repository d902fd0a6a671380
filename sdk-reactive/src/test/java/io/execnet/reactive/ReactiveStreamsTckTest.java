package io.execnet.reactive;

import io.execnet.core.RemoteException;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.SkipException;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.BeforeMethod;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Every publisher and subscriber of our own keeps to the rules of Reactive Streams. */
class ReactiveStreamsTckTest {

  static final long MOST = 1_000;

  /** The TCK waits so long to see that nothing comes. */
  private static final long QUIET_MILLIS = 20;

  /** And so long for what has to come. */
  private static final long PATIENCE_MILLIS = 5_000;

  static TestEnvironment environment() {
    return new TestEnvironment(PATIENCE_MILLIS, QUIET_MILLIS, QUIET_MILLIS);
  }

  @TestFactory
  Stream<DynamicTest> receivingOnTheEventLoop() {
    return tests(() -> new Receiving(Schedulers.immediate()));
  }

  @TestFactory
  Stream<DynamicTest> receivingOnAScheduler() {
    return tests(() -> new Receiving(GroupOptions.defaults().scheduler()));
  }

  @TestFactory
  Stream<DynamicTest> receivingFromSeveralChannels() {
    return tests(() -> new Merging(false));
  }

  @TestFactory
  Stream<DynamicTest> receivingFromSeveralChannelsWithTheirEnds() {
    return tests(() -> new Merging(true));
  }

  @TestFactory
  Stream<DynamicTest> sending() {
    return tests(Sending::new);
  }

  /** The TCK's tests as tests of JUnit's. */
  static Stream<DynamicTest> tests(Supplier<Object> verification) {
    Method[] methods = verification.get().getClass().getMethods();
    return Arrays.stream(methods)
        .filter(method -> method.isAnnotationPresent(org.testng.annotations.Test.class))
        .sorted(Comparator.comparing(Method::getName))
        .map(method -> DynamicTest.dynamicTest(method.getName(), () -> run(verification, method)));
  }

  private static void run(Supplier<Object> verification, Method test) throws Throwable {
    Object suite = verification.get();
    try {
      callAll(suite, BeforeClass.class);
      callAll(suite, BeforeMethod.class);
      test.invoke(suite);
    } catch (InvocationTargetException e) {
      // the TCK skips its optional rules, and those that don't apply
      Assumptions.assumeFalse(
          e.getCause() instanceof SkipException, () -> String.valueOf(e.getCause().getMessage()));
      throw e.getCause();
    } finally {
      callAll(suite, AfterClass.class);
    }
  }

  private static void callAll(Object suite, Class<? extends Annotation> annotation)
      throws ReflectiveOperationException {
    for (Method method : suite.getClass().getMethods()) {
      if (method.isAnnotationPresent(annotation)) {
        method.invoke(suite);
      }
    }
  }

  private static DefaultGateway gateway(Scheduler scheduler) {
    DefaultGateway gateway =
        FakeGateways.over(new FakeConnection(), GroupOptions.defaults().withScheduler(scheduler));
    gateway.start();
    return gateway;
  }

  /** A channel on which so much comes, from a thread of its own, and then its end. */
  private static DefaultChannel received(DefaultGateway gateway, long first, long count, int step) {
    ChannelState state = FakeGateways.channel(gateway);
    DefaultChannel channel = state.reference();
    Schedulers.boundedElastic()
        .schedule(
            () -> {
              for (long i = first; i < count; i += step) {
                long item = i;
                gateway.threads().loop().execute(() -> state.onItem(item, 1));
              }
              gateway.threads().loop().execute(state::onReceiveEnd);
            });
    return channel;
  }

  private static DefaultChannel failed(DefaultGateway gateway) {
    ChannelState state = FakeGateways.channel(gateway);
    state.onClosed(new RemoteException("failed"));
    return state.reference();
  }

  /** One channel's items. */
  public static final class Receiving extends PublisherVerification<Object> {

    private final DefaultGateway gateway;

    Receiving(Scheduler scheduler) {
      super(environment());
      gateway = gateway(scheduler);
    }

    @Override
    public long maxElementsFromPublisher() {
      return MOST;
    }

    @Override
    public Publisher<Object> createPublisher(long elements) {
      return received(gateway, 0, elements, 1).receive();
    }

    @Override
    public Publisher<Object> createFailedPublisher() {
      return failed(gateway).receive();
    }
  }

  /** What comes on some channels. */
  public static final class Merging extends PublisherVerification<ChannelEvent<Object>> {

    private final DefaultGateway gateway = gateway(GroupOptions.defaults().scheduler());
    private final boolean withEnds;

    Merging(boolean withEnds) {
      super(environment());
      this.withEnds = withEnds;
    }

    @Override
    public long maxElementsFromPublisher() {
      return MOST;
    }

    @Override
    public Publisher<ChannelEvent<Object>> createPublisher(long elements) {
      int channels = (int) (withEnds ? Math.min(3, elements) : 3);
      long items = withEnds ? elements - channels : elements;
      return new ChannelMerge(
          IntStream.range(0, channels)
              .mapToObj(first -> received(gateway, first, items, channels))
              .toList(),
          withEnds);
    }

    @Override
    public @Nullable Publisher<ChannelEvent<Object>> createFailedPublisher() {
      // there each error is an event
      return withEnds ? null : new ChannelMerge(List.of(failed(gateway)), false);
    }
  }

  /** What takes items to be sent. */
  public static final class Sending extends SubscriberBlackboxVerification<Object> {

    private final DefaultGateway gateway = gateway(Schedulers.immediate());

    Sending() {
      super(environment());
    }

    @Override
    public Subscriber<Object> createSubscriber() {
      List<Subscriber<Object>> senders = new ArrayList<>();
      Mono.<Void>create(sink -> senders.add(new ItemSender(FakeGateways.channel(gateway), sink)))
          .subscribe(null, error -> {});
      return senders.get(0);
    }

    @Override
    public Object createElement(int element) {
      return element;
    }
  }
}
