package dev.tidemark.tools.output;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What libraries log by {@code java.util.logging} goes where all else is logged, as one line, and
 * of one logger one line a minute: whoever reaches a port can have gRPC log as often as he likes,
 * each time with the stack that it came by.
 */
public final class LibraryLog extends Handler {
  private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

  /** How a stack begins that a library has put into what it says. */
  private static final String STACK = "\n\tat ";

  private final LongSupplier nanos;
  private final SimpleFormatter formatter = new SimpleFormatter();

  /** Of each logger and level what was logged last, and what was not since. */
  private final Map<String, Silence> silences = new HashMap<>();

  private static final class Silence {
    private final long untilNanos;
    private long left;

    Silence(long untilNanos) {
      this.untilNanos = untilNanos;
    }
  }

  LibraryLog(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Takes the place of what prints such records in this process. */
  public static void install() {
    java.util.logging.Logger root = LogManager.getLogManager().getLogger("");
    for (Handler printing : root.getHandlers()) {
      root.removeHandler(printing);
    }
    root.addHandler(new LibraryLog(System::nanoTime));
  }

  @Override
  public void publish(LogRecord record) {
    String name = String.valueOf(record.getLoggerName());
    Logger logger = LoggerFactory.getLogger(name);
    Level level = level(record.getLevel());
    long left = logger.isEnabledForLevel(level) ? silence(name + level) : -1;
    if (left >= 0) {
      String before = left > 0 ? " (and " + left + " more before)" : "";
      logger.atLevel(level).log(Escape.line(line(record) + before));
    }
  }

  /** How many were not logged before this one; negative if this one is not, either. */
  private synchronized long silence(String of) {
    long now = nanos.getAsLong();
    Silence before = silences.get(of);
    if (before != null && now - before.untilNanos < 0) {
      before.left++;
      return -1;
    }
    silences.put(of, new Silence(now + PAUSE_NANOS));
    return before == null ? 0 : before.left;
  }

  private String line(LogRecord record) {
    String said = formatter.formatMessage(record);
    String all = record.getThrown() == null ? said : said + ": " + record.getThrown();
    int stack = all.indexOf(STACK);
    return stack < 0 ? all : all.substring(0, stack);
  }

  private static Level level(java.util.logging.Level of) {
    if (of.intValue() >= java.util.logging.Level.SEVERE.intValue()) {
      return Level.ERROR;
    }
    if (of.intValue() >= java.util.logging.Level.WARNING.intValue()) {
      return Level.WARN;
    }
    return of.intValue() >= java.util.logging.Level.INFO.intValue() ? Level.INFO : Level.DEBUG;
  }

  @Override
  public void flush() {
    // Nothing is held back.
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
