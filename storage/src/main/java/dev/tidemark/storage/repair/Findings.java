package dev.tidemark.storage.repair;

import java.nio.file.Path;
import java.util.function.Consumer;

/** Passes events on as they are found, and counts them. */
final class Findings {
  private final Consumer<RepairEvent> listener;
  private long damages;
  private long losses;

  Findings(Consumer<RepairEvent> listener) {
    this.listener = listener;
  }

  void damaged(Path file, long from, long to, String expected, String actual) {
    add(new RepairEvent.DamagedBytes(file, from, to, expected, actual));
  }

  void add(RepairEvent event) {
    if (event.isLoss()) {
      losses++;
    } else {
      damages++;
    }
    listener.accept(event);
  }

  long damages() {
    return damages;
  }

  long losses() {
    return losses;
  }
}
