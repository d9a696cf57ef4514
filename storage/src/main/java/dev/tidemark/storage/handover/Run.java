package dev.tidemark.storage.handover;

import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.run.RunRecords;
import java.util.List;

/**
 * A piece of a store's history, folded, that another store may take as a whole: if it has seen what
 * lies before it, it has seen what lies in it afterwards.
 */
public interface Run {
  /** What it holds of each origin, in unsigned order of origins. */
  List<OriginCoverage> coverage();

  /** Below what it has forgotten: nothing, unless it is a whole state. */
  default Floor floor() {
    return Floor.NONE;
  }

  /** The keys that it has all of. */
  Interest interest();

  /** Its records from the first on; those that were asked for before must not be used any more. */
  RunRecords records();
}
