package dev.tidemark.engine.conformance;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import java.util.Map;

/** What a log holds: single commits, and what folding or a snapshot made of them. */
sealed interface LogItem {
  /** The origins and sequences that are seen once this is joined. */
  VersionVector covers();

  /** The newest stamp inside. */
  long lastStamp();

  /** A commit as it was written by its origin. */
  record Raw(long origin, long sequence, long lastStamp, byte[] bytes) implements LogItem {
    @Override
    public VersionVector covers() {
      return VersionVector.of(origin, sequence);
    }
  }

  /** One element for each key: runs of deltas, or whole states. */
  record Folded(VersionVector covers, long lastStamp, Map<Bytes, KeyDelta> keys)
      implements LogItem {}
}
