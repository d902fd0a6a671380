package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.execnet.core.RemoteException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What executed code and its master can do with each other, on every kind of worker. */
@MethodSource("io.execnet.reactive.Worker#all")
class WorkerScenariosIT extends WorkerScenarios {

  @Test
  void exchangesAStreamOfItems() {
    Flux<Long> squares =
        gateway
            .remoteExec("for x in channel:\n    channel.send(x * x)")
            .exchange(Flux.range(1, 10), Long.class);

    StepVerifier.create(squares)
        .expectNext(1L, 4L, 9L, 16L, 25L, 36L, 49L, 64L, 81L, 100L)
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void theRemoteTracebackIsTheErrorAfterWhatWasSent() {
    Flux<Long> items =
        gateway
            .remoteExec("channel.send(1)\ndef f():\n    raise ValueError('no such thing')\nf()")
            .receive(Long.class);

    StepVerifier.create(items)
        .expectNext(1L)
        .expectErrorSatisfies(
            error -> {
              assertThat(error)
                  .isInstanceOf(RemoteException.class)
                  .hasMessage("ValueError: no such thing");
              assertThat(((RemoteException) error).remoteText())
                  .startsWith("Traceback")
                  .contains("in f");
            })
        .verify(PATIENCE);
  }

  @Test
  void callsANamedFunctionWithKeywordArguments() {
    assertThat(
            gateway
                .remoteExec("def run(channel, a, b):\n    channel.send([a, b, __name__])")
                .function("run", Map.of("a", 1, "b", List.of("x")))
                .receive()
                .blockLast(PATIENCE))
        .isEqualTo(List.of(1L, List.of("x"), "__channelexec__"));
  }

  @Test
  void tracebacksShowTheFileName(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("job.py"), "\n\nboom()\n");

    assertThatThrownBy(
            () -> gateway.remoteExec(PythonSource.file(file)).receive().blockLast(PATIENCE))
        .isInstanceOfSatisfying(
            RemoteException.class,
            error ->
                assertThat(error.remoteText()).contains("job.py", "line 3").contains("NameError"));
  }

  @Test
  void aChannelMadeHereIsUsedThere() {
    Channel inner = gateway.newChannel().block(PATIENCE);
    Flux<Long> received =
        gateway
            .remoteExec("c = channel.receive()\nc.send(c.receive() + 1)\nc.close()")
            .open()
            .flatMapMany(
                outer ->
                    outer.send(inner).then(inner.send(41)).thenMany(inner.receive(Long.class)));

    StepVerifier.create(received).expectNext(42L).expectComplete().verify(PATIENCE);
  }

  @Test
  void aChannelMadeThereIsUsedHere() {
    Channel outer =
        gateway
            .remoteExec(
                """
                c = channel.gateway.newchannel()
                channel.send([c, {'again': c}])
                c.send('first')
                c.send(c.receive())
                c.close()
                """)
            .open()
            .block(PATIENCE);
    List<?> carried = outer.receive(List.class).next().block(PATIENCE);
    Channel inner = (Channel) carried.get(0);

    assertThat(((Map<?, ?>) carried.get(1)).get("again")).isSameAs(inner);
    assertThat(inner.id()).isEven();
    StepVerifier.create(inner.receive())
        .expectNext("first")
        .then(() -> inner.send("second").subscribe())
        .expectNext("second")
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void aRemoteCallbackGetsItemsAndItsEndmarker() {
    Flux<Object> echoed =
        gateway
            .remoteExec(
                """
                inner = channel.receive()
                done = channel.gateway.execmodel.Event()
                def callback(item):
                    channel.send(['got', item])
                    if item == 'end':
                        done.set()
                inner.setcallback(callback, endmarker='end')
                channel.send('ready')
                done.wait()
                """)
            .open()
            .flatMapMany(
                channel ->
                    gateway
                        .newChannel()
                        .flatMapMany(
                            inner ->
                                channel
                                    .send(inner)
                                    .thenMany(channel.receive())
                                    .concatMap(
                                        item ->
                                            item.equals("ready")
                                                ? inner
                                                    .send(Flux.just(1, 2))
                                                    .then(inner.close())
                                                    .thenReturn(item)
                                                : Mono.just(item))));

    StepVerifier.create(echoed)
        .expectNext("ready", List.of("got", 1L), List.of("got", 2L), List.of("got", "end"))
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void whatARemoteCallbackRaisesEndsItsChannelAlone() {
    Channel inner = gateway.newChannel().block(PATIENCE);
    Channel outer =
        gateway
            .remoteExec(
                """
                def callback(item):
                    raise ValueError(item)
                inner = channel.receive()
                inner.setcallback(callback)
                channel.send('ready')
                channel.send(channel.receive())
                """)
            .open()
            .block(PATIENCE);
    outer.send(inner).block(PATIENCE);
    Flux<Object> received = outer.receive();

    StepVerifier.create(received)
        .expectNext("ready")
        .then(
            () -> {
              inner.send("what it got").block(PATIENCE);
              StepVerifier.create(inner.receive())
                  .expectErrorSatisfies(
                      error ->
                          assertThat(error)
                              .isInstanceOfSatisfying(
                                  RemoteException.class,
                                  raised ->
                                      assertThat(raised.remoteText())
                                          .contains("in callback", "ValueError: what it got")))
                  .verify(PATIENCE);
              outer.send("still here").block(PATIENCE);
            })
        .expectNext("still here")
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void halfCloseEndsTheRemoteLoopAndReceivingGoesOn() {
    Channel channel =
        gateway
            .remoteExec("channel.send(sum(channel))\nchannel.send('still here')")
            .open()
            .block(PATIENCE);
    channel.send(Flux.range(1, 100)).then(channel.halfClose()).block(PATIENCE);

    StepVerifier.create(channel.receive())
        .expectNext(5050L, "still here")
        .expectComplete()
        .verify(PATIENCE);
    assertThat(channel.isClosed()).isTrue();
  }

  @Test
  void closingWithAnErrorRaisesItThere() {
    Channel observer = gateway.newChannel().block(PATIENCE);
    Channel channel =
        gateway
            .remoteExec(
                """
                observer = channel.receive()
                observer.send('waiting')
                try:
                    channel.receive()
                except channel.RemoteError as error:
                    observer.send(str(error))
                observer.close()
                """)
            .open()
            .block(PATIENCE);
    channel.send(observer).block(PATIENCE);

    StepVerifier.create(observer.receive())
        .expectNext("waiting")
        .then(() -> channel.close("stop that").subscribe())
        .assertNext(text -> assertThat((String) text).contains("stop that"))
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void closingEndsTheRemoteReceive() {
    Channel observer = gateway.newChannel().block(PATIENCE);
    Channel channel =
        gateway
            .remoteExec(
                """
                observer = channel.receive()
                observer.send('waiting')
                try:
                    channel.receive()
                except EOFError:
                    observer.send('end')
                observer.close()
                """)
            .open()
            .block(PATIENCE);
    channel.send(observer).block(PATIENCE);

    StepVerifier.create(observer.receive())
        .expectNext("waiting")
        .then(() -> channel.close().subscribe())
        .expectNext("end")
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void waitCloseIsTheEndOfTheCode() {
    Channel good = gateway.remoteExec("pass").open().block(PATIENCE);
    good.waitClose().block(PATIENCE);
    assertThat(good.isClosed()).isTrue();

    Channel bad = gateway.remoteExec("raise KeyError('k')").open().block(PATIENCE);
    StepVerifier.create(bad.waitClose())
        .expectErrorSatisfies(error -> assertThat(error).hasMessage("KeyError: 'k'"))
        .verify(PATIENCE);
  }

  @Test
  void tellsItsStatus() {
    RemoteStatus status = gateway.remoteStatus().block(PATIENCE);

    assertThat(status.numexecuting()).isBetween(0L, 1L);
    assertThat(status.numchannels()).isNotNegative();
    assertThat(status.execmodel()).isNotEmpty();
  }

  @Test
  void tellsWhatItCanDoBeyondStockExecnet() {
    if (worker.name().startsWith("stock")) {
      assertThat(gateway.capabilities()).isEmpty();
    } else {
      assertThat(gateway.capabilities()).containsExactlyInAnyOrder(Capability.values());
    }
  }

  @Test
  void tellsAboutItsInterpreter() {
    RInfo info = gateway.rinfo().block(PATIENCE);

    assertThat(info.versionInfo()).hasSize(5).first().isEqualTo(3L);
    assertThat(info.platform()).isNotEmpty();
    assertThat(info.cwd()).isNotEmpty();
    assertThat(ProcessHandle.of(info.pid())).isPresent();
  }

  @Test
  void printingDoesNotDisturbTheStream() {
    assertThat(
            gateway
                .remoteExec(
                    """
                    import os, sys
                    print('to nobody')
                    os.write(1, b'raw')
                    sys.stderr.write('a warning\\n')
                    channel.send('fine')
                    """)
                .receive()
                .blockLast(PATIENCE))
        .isEqualTo("fine");
  }
}
