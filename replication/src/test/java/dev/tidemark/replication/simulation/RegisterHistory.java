package dev.tidemark.replication.simulation;

import dev.tidemark.CommitStream;
import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.storage.log.OriginCoverage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one node's log did to its registers, as far as it is forced. */
final class RegisterHistory {
  static final String PREFIX = "last/";

  private final Node node;
  private final Map<String, Truth.Made> newest = new HashMap<>();
  private VersionVector read = VersionVector.EMPTY;
  private long position;

  /** A value was lost when the commit at a position met what was there. */
  record Lost(long position, Dot winner, Dot loser) {}

  RegisterHistory(Node node) {
    this.node = node;
  }

  /** The position up to which it was read. */
  long position() {
    return position;
  }

  /** Reads what was forced since; gives what was lost in it. */
  List<Lost> readOn() {
    List<Lost> lost = new ArrayList<>();
    try (CommitStream log = node.store().commits(position + 1)) {
      while (log.next()) {
        position = log.position();
        if (log.isRun()) {
          log.run().coverage().forEach(this::join);
        } else {
          meet(log.header(), lost);
        }
      }
    }
    return lost;
  }

  /** What comes folded does not say any more what each operation had seen. */
  private void join(OriginCoverage of) {
    long behind = read.get(of.origin());
    node.cluster.truth.between(of.origin(), behind, of.after()).forEach(this::join);
    read = read.with(of.origin(), Math.max(behind, of.after()));
  }

  private void join(Truth.Made made) {
    if (made.key().startsWith(PREFIX)) {
      newest.merge(made.key(), made, (a, b) -> a.version().compareTo(b.version()) > 0 ? a : b);
    }
  }

  private void meet(CommitHeader header, List<Lost> lost) {
    Truth.Made made = node.cluster.truth.of(header.origin(), header.firstSequence());
    read = read.with(header.origin(), header.lastSequence());
    if (made == null) {
      return;
    }
    Truth.Made held = newest.get(made.key());
    join(made);
    if (held == null || header.origin() == node.id || made.seen().contains(held.version().dot())) {
      return;
    }
    Truth.Made winner = newest.get(made.key());
    Truth.Made loser = winner == made ? held : made;
    Bytes value = value(loser);
    if (value != null && !Objects.equals(value, value(winner))) {
      lost.add(new Lost(position, winner.version().dot(), loser.version().dot()));
    }
  }

  private static @Nullable Bytes value(Truth.Made made) {
    return made.update() instanceof Update.SetValue set ? set.value() : null;
  }
}
