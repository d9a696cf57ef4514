package dev.tidemark.storage.compaction;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Commits that follow each other, joined per key in memory. */
final class SortBuffer {
  private final Map<Bytes, Slot> slots = new HashMap<>();
  private long bytes;

  private static final class Slot {
    private final List<RunRecord> done = new ArrayList<>(1);
    private final KeyFold fold;

    Slot(Operation first) {
      fold = new KeyFold(first.namespace(), first.key(), done::add);
    }
  }

  void add(Commit commit) {
    for (Operation operation : commit.operations()) {
      Slot slot = slots.get(operation.key());
      if (slot == null) {
        slot = new Slot(operation);
        slots.put(operation.key(), slot);
        bytes += operation.key().length();
      }
      int done = slot.done.size();
      bytes += slot.fold.add(operation.delta());
      if (slot.done.size() > done) {
        bytes += KeyFold.heapBytes(slot.done.get(done).delta());
      }
    }
  }

  /** About how much heap it takes. */
  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return slots.isEmpty();
  }

  /** The run that it comes to; the buffer is empty then. */
  RunRecords drain() {
    List<RunRecord> run = new ArrayList<>(slots.size());
    for (Slot slot : slots.values()) {
      slot.fold.finish();
      run.addAll(slot.done);
    }
    slots.clear();
    bytes = 0;
    // Stable: the deltas of a key stay in order.
    run.sort(RunRecord::comparePlace);
    Iterator<RunRecord> all = run.iterator();
    return () -> all.hasNext() ? all.next() : null;
  }
}
