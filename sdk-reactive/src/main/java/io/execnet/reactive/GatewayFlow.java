package io.execnet.reactive;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is on its way between the ends of a gateway, and who waits for whom, at one moment. As text
 * it is meant for people who ask why something hangs.
 *
 * @param isReading whether it takes what arrives: always, but where a channel is full and there is
 *     no {@link Capability#CREDIT}
 * @param isWritable whether the transport takes what is sent
 * @param partial the message that is arriving, if one is
 * @param channels those that are open, without those that other gateways go through; and those that
 *     are closed, and hold items that nobody has taken, where these leave others less room
 * @param outputs what the worker prints to each of its streams
 * @param waits everybody who waits for the gateway itself
 */
public record GatewayFlow(
    String gatewayId,
    boolean isReading,
    boolean isWritable,
    Optional<PartialFlow> partial,
    List<ChannelFlow> channels,
    List<OutputFlow> outputs,
    List<Wait> waits) {

  /** How many channels are open. */
  long openChannels() {
    return channels.stream().filter(ChannelFlow::isOpen).count();
  }

  /** Everybody who waits, wherever that is. */
  Stream<Wait> allWaits() {
    return Stream.concat(
        Stream.concat(waits.stream(), partial.stream().flatMap(it -> it.waits().stream())),
        Stream.concat(
            channels.stream().flatMap(each -> each.waits().stream()),
            outputs.stream().flatMap(each -> each.waits().stream())));
  }

  @Override
  public String toString() {
    String state =
        Wait.described(
            "gateway %s: %d channels are open%s%s"
                .formatted(
                    gatewayId,
                    openChannels(),
                    isReading ? "" : "; it does not read until a channel is emptied",
                    isWritable ? "" : "; the transport takes nothing"),
            waits);
    Stream<Record> printers =
        outputs.stream().filter(each -> !each.waits().isEmpty()).map(it -> it);
    return Stream.of(partial.stream(), channels.stream(), printers)
        .flatMap(each -> each)
        .map(part -> "\n  " + part)
        .collect(Collectors.joining("", state, ""));
  }
}
