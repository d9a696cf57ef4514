package dev.tidemark.benchmarks.harness;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What was measured of one thing: in words, and as numbers with their units in their names.
 *
 * @param text for the table
 * @param numbers for programs
 */
public record Figure(String text, Map<String, Double> numbers) {
  private static final double MIB = 1 << 20;

  /** Nothing to compare with. */
  public static final Figure NONE = new Figure("", Map.of());

  /** So many of something a second. */
  public static Figure rate(double perSecond) {
    return new Figure(format("%,.0f/s", perSecond), Map.of("per_second", perSecond));
  }

  /** A number of bytes. */
  public static Figure bytes(long bytes) {
    return new Figure(format("%,.1f MiB", bytes / MIB), Map.of("bytes", (double) bytes));
  }

  /** A time. */
  public static Figure seconds(double seconds) {
    return new Figure(format("%.3f s", seconds), Map.of("seconds", seconds));
  }

  /** Both, one behind the other. */
  public Figure and(Figure other) {
    Map<String, Double> both = new LinkedHashMap<>(numbers);
    both.putAll(other.numbers);
    return new Figure(text + ", " + other.text, both);
  }

  /** Formats as the table does, whatever the locale. */
  public static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
