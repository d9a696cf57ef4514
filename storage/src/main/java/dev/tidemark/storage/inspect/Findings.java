package dev.tidemark.storage.inspect;

import dev.tidemark.storage.inspect.Finding.Part;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Passes findings on as they are made, and counts them. */
final class Findings {
  private final Consumer<Finding> listener;
  private long count;

  Findings(Consumer<Finding> listener) {
    this.listener = listener;
  }

  void add(Part part, Object where, @Nullable Object expected, @Nullable Object actual) {
    count++;
    listener.accept(
        new Finding(part, String.valueOf(where), String.valueOf(expected), String.valueOf(actual)));
  }

  long count() {
    return count;
  }
}
