package io.execnet.reactive;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** A test with a group of its own, which is closed after it. */
abstract class OwnGroup {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  Group group;

  OwnGroup() {
    this(GroupOptions.defaults());
  }

  OwnGroup(GroupOptions options) {
    group = Group.create(options);
  }

  /** In place of the one that there is. */
  final void groupWith(GroupOptions options) {
    group.close();
    group = Group.create(options);
  }

  final Gateway open(String spec) {
    return group.makeGateway(spec).blockOptional(PATIENCE).orElseThrow();
  }

  @AfterEach
  final void closeGroup() {
    group.close();
  }
}
