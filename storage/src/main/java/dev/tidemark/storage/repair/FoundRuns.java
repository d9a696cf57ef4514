package dev.tidemark.storage.repair;

import dev.tidemark.storage.log.SalvagedRun;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The folded segments that were found. Each is taken where it fits: all that it builds on is taken,
 * and something in it is not. One that the catalogue gives a place waits for that; where none is
 * known, it may fill a hole.
 */
final class FoundRuns {
  private final List<SalvagedRun> left;
  private final Admission admission;

  FoundRuns(List<SalvagedRun> found, Admission admission) {
    this.left = new ArrayList<>(found);
    this.admission = admission;
  }

  /** The next one whose place is reached at a position; null if there is none. */
  @Nullable SalvagedRun placedAt(long position) {
    for (SalvagedRun run : left) {
      if (run.isPlaced() && run.firstPosition() <= position && admission.admits(run)) {
        return take(run);
      }
    }
    return null;
  }

  /** The next one that is nowhere and fits; null if there is none. */
  @Nullable SalvagedRun anywhere() {
    for (SalvagedRun run : left) {
      if (!run.isPlaced() && admission.admits(run)) {
        return take(run);
      }
    }
    return null;
  }

  private SalvagedRun take(SalvagedRun run) {
    left.remove(run);
    return run;
  }
}
