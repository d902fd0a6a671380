package io.execnet.reactive;

import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What both ends of a gateway are at, at about one moment. As text it is meant for people who ask
 * why something hangs.
 *
 * @param here what is on its way, as this end knows it; empty where not even this gateway's event
 *     loop answers, which something must block then
 * @param isAnswered whether the worker has answered
 * @param there what it has answered: what it executes and for how long, which of execnet's waits
 *     that is in, and its stack; or else why there is no answer. For people: no program should rely
 *     on its words
 */
public record Diagnosis(
    String gatewayId, Optional<GatewayFlow> here, boolean isAnswered, String there) {

  @Override
  public String toString() {
    String local =
        here.map(GatewayFlow::toString)
            .orElse(
                "gateway %s: its event loop does not answer, so something blocks that"
                    .formatted(gatewayId));
    return there
        .lines()
        .map(line -> "\n  there: " + line)
        .collect(Collectors.joining("", local, ""));
  }
}
