package dev.tidemark.engine.epoch;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.epoch.EpochState.Point;
import dev.tidemark.engine.lattice.Effect;
import dev.tidemark.engine.lattice.Fate;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Rule;
import dev.tidemark.engine.lattice.Trace;
import dev.tidemark.engine.operation.Value;
import java.util.List;

/** A point that was put. */
record PointTrace(Point point) implements Trace {
  @Override
  public Effect effect() {
    return new Effect("put", null, new Value.Epoch(point.value()), List.of());
  }

  @Override
  public Dot author() {
    return point.version().dot();
  }

  @Override
  public Fate fate(KeyView state) {
    EpochState held = EpochState.decode(state.head());
    int at = held.points().indexOf(point);
    if (at >= 0) {
      return at == 0 ? Fate.stands(Rule.GREATEST_POINT) : Fate.held(Rule.IN_RESERVE);
    }
    Version tombstone = held.tombstone();
    if (tombstone != null && point.version().compareTo(tombstone) <= 0) {
      return Fate.lost(Rule.OLDER_THAN_DELETE, tombstone.dot());
    }
    for (Point other : held.points()) {
      if (other.version().compareTo(point.version()) >= 0
          && other.value().compareTo(point.value()) >= 0) {
        return Fate.lost(Rule.NEWER_AND_GREATER, other.version().dot());
      }
    }
    return Fate.forgotten();
  }
}
