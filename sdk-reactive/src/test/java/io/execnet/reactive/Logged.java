package io.execnet.reactive;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What the log says of channels, from now until this is closed. */
final class Logged implements AutoCloseable {

  private final Logger logger = (Logger) LoggerFactory.getLogger(Channel.class);
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          lines.add(event.getLevel() + " " + event.getFormattedMessage());
        }
      };

  Logged() {
    logger.setLevel(Level.INFO); // off, unless somebody listens
    appender.start();
    logger.addAppender(appender);
  }

  /** The lines that have all of this in them, in their order. */
  List<String> lines(String... parts) {
    return lines.stream().filter(line -> List.of(parts).stream().allMatch(line::contains)).toList();
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
    logger.setLevel(null);
  }
}
