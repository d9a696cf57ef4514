package dev.tidemark.storage.handover;

import dev.tidemark.engine.lattice.Join;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.Progress;
import dev.tidemark.storage.state.StateStore;
import dev.tidemark.storage.state.StoredKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a run is news to a store at one moment. Only that is logged: a whole state that brings
 * one new operation leaves one record, and whoever hears of it through this store gets that record,
 * not another whole state.
 */
public final class News {
  private final StateStore state;
  private final Pin pin;
  private final Progress known;
  private @Nullable RunRecord kept;

  /** What is news to a state at a moment that is not in the middle of a run. */
  public News(StateStore state, Pin pin) {
    this.state = state;
    this.pin = pin;
    this.known = pin.progress();
  }

  /** What the news of a run cover: it begins where this store is. */
  public List<OriginCoverage> coverage(List<OriginCoverage> whole) {
    List<OriginCoverage> news = new ArrayList<>();
    for (OriginCoverage of : whole) {
      OriginRow row = known.origin(of.origin());
      if (row == null || row.sequence() <= of.before()) {
        news.add(of);
      } else if (row.sequence() < of.after()) {
        news.add(
            new OriginCoverage(
                of.origin(),
                row.sequence(),
                of.after(),
                of.lastStamp(),
                of.summary(),
                row.chain(),
                of.chainAfter()));
      }
    }
    return List.copyOf(news);
  }

  /** Whether a record is news; to be asked of all of them in order. */
  public boolean contain(RunRecord entry) {
    boolean news = followsAKeptPart(entry) || isNew(entry);
    if (news) {
      kept = entry;
    }
    return news;
  }

  /** The last part of a key ends it, for those who read what was kept of it. */
  private boolean followsAKeptPart(RunRecord entry) {
    RunRecord before = kept;
    return before != null
        && !before.part().last()
        && entry.part().last()
        && before.key().equals(entry.key());
  }

  private boolean isNew(RunRecord entry) {
    StoredKey held = state.view(pin, entry.namespace(), entry.key());
    Lattice lattice = entry.namespace().strategy().lattice();
    return !held.isStored()
        || Join.changes(held, lattice, lattice.admit(entry.delta(), pin.floor()));
  }
}
