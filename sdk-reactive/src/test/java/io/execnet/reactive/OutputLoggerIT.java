package io.execnet.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What becomes of what is printed where nobody has said what should. */
class OutputLoggerIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Logger logger = (Logger) LoggerFactory.getLogger("io.execnet.output");
  private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          events.add(event);
        }
      };

  @BeforeEach
  void listen() {
    appender.start();
    logger.addAppender(appender);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(appender);
  }

  @Test
  void linesGoToTheLogWithTheIdOfTheirGateway() {
    try (Group group = Group.create()) {
      group
          .makeGateway("popen//id=printer")
          .flatMap(
              gateway -> gateway.remoteExec("import os\nos.system('echo out; echo {} >&2')").run())
          .block(PATIENCE);

      await().atMost(PATIENCE).until(() -> events.size() == 2);
    }
    assertThat(events)
        .extracting(ILoggingEvent::getLevel, ILoggingEvent::getFormattedMessage)
        .containsExactlyInAnyOrder(
            tuple(Level.INFO, "[printer] out"), tuple(Level.WARN, "[printer] {}"));
  }
}
