package io.execnet.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.jspecify.annotations.Nullable;

/**
 * Sends the log to standard error; public for logback, which finds it as a service before it looks
 * for a file. Only what the SDK warns of is shown, without stack traces, unless debugging.
 */
public final class LogLines extends ContextAwareBase implements Configurator {

  private static volatile @Nullable Diagnostics diagnostics;
  private static volatile boolean debug;

  static void to(Diagnostics target) {
    diagnostics = target;
  }

  /** Shows everything; to be called before the first logger is made. */
  static void debug(boolean on) {
    debug = on;
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    PatternLayout layout = new PatternLayout();
    layout.setContext(context);
    layout.setPattern(
        debug ? "%d{HH:mm:ss.SSS} %-5level [%thread] %logger{20} %msg%n%ex" : "%msg%nopex");
    layout.start();
    Lines lines = new Lines(layout);
    lines.setContext(context);
    lines.start();
    context.getLogger("ROOT").setLevel(debug ? Level.DEBUG : Level.OFF);
    context.getLogger("io.execnet").setLevel(debug ? Level.DEBUG : Level.WARN);
    // which native libraries they have found is nobody's bug here
    context.getLogger("io.netty").setLevel(debug ? Level.INFO : Level.OFF);
    context.getLogger("reactor.netty").setLevel(debug ? Level.INFO : Level.OFF);
    context.getLogger("ROOT").addAppender(lines);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static final class Lines extends AppenderBase<ILoggingEvent> {

    private final PatternLayout layout;

    Lines(PatternLayout layout) {
      this.layout = layout;
    }

    @Override
    protected void append(ILoggingEvent event) {
      Diagnostics target = diagnostics;
      if (target != null) {
        target.say(layout.doLayout(event));
      }
    }
  }
}
