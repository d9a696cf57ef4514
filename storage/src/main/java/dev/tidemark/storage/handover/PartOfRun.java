package dev.tidemark.storage.handover;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import java.util.List;
import java.util.function.Predicate;

/**
 * A run for one who is not interested in all keys of it. It covers the same of each origin.
 *
 * @param whole a run that has all keys of the interest
 * @param without keys that the other has already
 */
public record PartOfRun(Run whole, Interest interest, Predicate<Bytes> without) implements Run {
  /** For one who has no keys yet. */
  public PartOfRun(Run whole, Interest interest) {
    this(whole, interest, key -> false);
  }

  @Override
  public List<OriginCoverage> coverage() {
    return whole.coverage();
  }

  @Override
  public Floor floor() {
    return whole.floor();
  }

  @Override
  public RunRecords records() {
    RunRecords all = whole.records();
    return () -> {
      RunRecord next = all.next();
      while (next != null && (!interest.covers(next.key()) || without.test(next.key()))) {
        next = all.next();
      }
      return next;
    };
  }
}
