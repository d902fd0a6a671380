package io.execnet.reactive;

import io.execnet.core.LoadException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What a worker can be asked about itself. */
final class WorkerQueries {

  private WorkerQueries() {}

  static Mono<RemoteStatus> status(Mono<Channel> answer) {
    return answer
        .flatMapMany(channel -> channel.receive(Map.class))
        .single()
        .map(
            numbers ->
                new RemoteStatus(
                    part(numbers.get("numchannels"), Long.class),
                    part(numbers.get("numexecuting"), Long.class),
                    part(numbers.get("execmodel"), String.class)));
  }

  static Mono<RInfo> rinfo(DefaultGateway gateway) {
    return gateway
        .remoteExec(WorkerScripts.RINFO)
        .receive(Map.class)
        .single()
        .map(
            info ->
                new RInfo(
                    part(info.get("executable"), String.class),
                    List.<Object>copyOf((List<?>) part(info.get("version_info"), List.class)),
                    part(info.get("platform"), String.class),
                    part(info.get("cwd"), String.class),
                    part(info.get("pid"), Long.class)));
  }

  private static <T> T part(@Nullable Object value, Class<T> type) {
    if (!type.isInstance(value)) {
      throw new LoadException(
          "the worker answered " + value + " where a " + type.getSimpleName() + " belongs");
    }
    return type.cast(value);
  }
}
