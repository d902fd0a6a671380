package io.execnet.reactive;

import java.time.Duration;

/** Gateways and channels that a test waits for. */
final class Opening {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Opening() {}

  static Gateway open(Group group, String spec) {
    return group.makeGateway(spec).blockOptional(PATIENCE).orElseThrow();
  }

  static Channel exec(Gateway gateway, String source) {
    return exec(gateway, PythonSource.of(source));
  }

  static Channel exec(Gateway gateway, PythonSource source) {
    return gateway.remoteExec(source).open().blockOptional(PATIENCE).orElseThrow();
  }
}
