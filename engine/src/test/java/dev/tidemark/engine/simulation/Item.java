package dev.tidemark.engine.simulation;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.lattice.KeyDelta;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a log holds, with the operations of the oracle that are inside. */
sealed interface Item {
  /** The oracle's operations inside. */
  BitSet ops();

  /** What a receiver has once it has joined this. */
  VersionVector after();

  /** One operation: an update of a key, or something that is said of membership. */
  record Single(
      CommitHeader header,
      long chainBefore,
      @Nullable Bytes key,
      @Nullable KeyDelta delta,
      Said said,
      BitSet ops)
      implements Item {
    @Override
    public VersionVector after() {
      return VersionVector.of(header.origin(), header.lastSequence());
    }
  }

  /** A folded piece of a log. */
  record Run(Map<Long, Extent> covers, Map<Bytes, KeyDelta> keys, Said said, BitSet ops)
      implements Item {
    @Override
    public VersionVector after() {
      VersionVector after = VersionVector.EMPTY;
      for (var extent : covers.entrySet()) {
        after = after.with(extent.getKey(), extent.getValue().row().sequence());
      }
      return after;
    }
  }

  /** A whole state: its heads are raised to the floor of its maker. */
  record State(Map<Long, Progress> rows, Map<Bytes, KeyDelta> keys, Said said, BitSet ops)
      implements Item {
    @Override
    public VersionVector after() {
      VersionVector after = VersionVector.EMPTY;
      for (var row : new TreeMap<>(rows).entrySet()) {
        after = after.with(row.getKey(), row.getValue().row().sequence());
      }
      return after;
    }
  }
}
