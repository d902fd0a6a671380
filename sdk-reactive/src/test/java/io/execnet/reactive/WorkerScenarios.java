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
import org.junit.jupiter.params.provider.MethodSource;

/** A gateway to every kind of worker over every transport, for the tests of a class. */
@ParameterizedClass
@MethodSource("io.execnet.reactive.Worker#all")
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
