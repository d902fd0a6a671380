package io.execnet.reactive;

import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** What a worker can be asked about itself. */
final class WorkerQueries {

  private static final PythonSource RINFO = PythonSource.resource(WorkerQueries.class, "rinfo.py");

  private WorkerQueries() {}

  static Mono<RemoteStatus> status(Mono<Channel> answer) {
    return answer
        .flatMapMany(channel -> channel.receive(Map.class))
        .single()
        .map(
            numbers ->
                new RemoteStatus(
                    (Long) numbers.get("numchannels"),
                    (Long) numbers.get("numexecuting"),
                    (String) numbers.get("execmodel")));
  }

  static Mono<RInfo> rinfo(DefaultGateway gateway) {
    return gateway
        .remoteExec(RINFO)
        .receive(List.class)
        .single()
        .map(
            parts ->
                new RInfo(
                    (String) parts.get(0),
                    List.copyOf((List<?>) parts.get(1)),
                    (String) parts.get(2),
                    (String) parts.get(3),
                    (Long) parts.get(4)));
  }
}
