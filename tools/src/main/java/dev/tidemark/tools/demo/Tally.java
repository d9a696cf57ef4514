package dev.tidemark.tools.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Compares one thing after the other and keeps the first differences. Thread-safe. */
final class Tally {
  private static final int KEPT = 5;

  private final List<String> differences = new ArrayList<>();
  private long right;
  private long of;

  /** Compares what a thing is with what it has to be; null stands for nothing at all. */
  void compare(String item, @Nullable Object expected, @Nullable Object found) {
    count(
        Objects.equals(expected, found),
        () -> item + " is " + words(found) + " instead of " + words(expected));
  }

  synchronized void count(boolean same, Supplier<String> difference) {
    of++;
    if (same) {
      right++;
    } else if (differences.size() < KEPT) {
      differences.add(difference.get());
    }
  }

  /** What came of it. */
  synchronized Check check(String what, String remark) {
    return new Check(what, right, of, remark, List.copyOf(differences));
  }

  private static String words(@Nullable Object value) {
    return value == null ? "missing" : value.toString();
  }
}
