package io.execnet.reactive;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;

/**
 * A gateway to each kind of worker that a class names as its source of parameters, for the tests of
 * that class.
 */
@ParameterizedClass
abstract class WorkerScenarios {

  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Map<Worker, Gateway> OPEN = new LinkedHashMap<>();
  private static final List<Group> GROUPS = new ArrayList<>();

  @Parameter Worker worker;

  Gateway gateway;

  @BeforeEach
  void openGateway() {
    gateway = OPEN.computeIfAbsent(worker, WorkerScenarios::open);
  }

  private static Gateway open(Worker worker) {
    Group group = Group.create();
    GROUPS.add(group);
    return worker.open(group);
  }

  @AfterAll
  static void closeGateways() {
    OPEN.values().forEach(each -> each.exit().block(PATIENCE));
    OPEN.clear();
    GROUPS.forEach(Group::close);
    GROUPS.clear();
  }
}
