package dev.tidemark.storage.run;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The records of some keys of a run, with parts put together: for who holds whole keys anyway. */
public final class WholeRecords implements RunRecords {
  private final RunRecords records;
  private final Predicate<Bytes> wanted;

  /** Reads from records that come in parts. */
  public WholeRecords(RunRecords records, Predicate<Bytes> wanted) {
    this.records = records;
    this.wanted = wanted;
  }

  @Override
  public @Nullable RunRecord next() {
    RunRecord next = nextWanted();
    if (next == null || next.part().last()) {
      return next;
    }
    SortedMap<Bytes, byte[]> cells = new TreeMap<>(next.delta().cells());
    while (next != null && !next.part().last()) {
      next = nextWanted();
      if (next != null) {
        cells.putAll(next.delta().cells());
      }
    }
    return next == null
        ? null
        : RunRecord.whole(next.namespace(), next.key(), new KeyDelta(next.delta().head(), cells));
  }

  private @Nullable RunRecord nextWanted() {
    RunRecord next = records.next();
    while (next != null && !wanted.test(next.key())) {
      next = records.next();
    }
    return next;
  }
}
