package dev.tidemark.storage.compaction;

import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.storage.run.PackedRecord;
import dev.tidemark.storage.run.PackedRecords;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;

/**
 * Commits that follow each other, sorted by key. Nothing is decoded to be kept: only where a key
 * has several records are these joined, when the buffer is drained, or when it is full and joins
 * may make room.
 */
final class SortBuffer {
  private final long capacity;
  private LinkedRecords kept = new LinkedRecords();

  /** A buffer that is full at some bytes. */
  SortBuffer(long capacity) {
    this.capacity = capacity;
  }

  /** Takes those operations of an encoded commit that are wanted, of all its operations in turn. */
  void add(byte[] commit, int offset, int length, BooleanSupplier isNextWanted) {
    LinkedRecords into = kept;
    CommitCodec.places(
        commit,
        offset,
        length,
        (start, keyAt, keyEnd, end) -> {
          if (isNextWanted.getAsBoolean()) {
            into.add(commit, start, keyAt, keyEnd, end);
          }
        });
  }

  boolean isEmpty() {
    return kept.count() == 0;
  }

  /** Whether it has to be drained before more is added: joins do not make it half empty. */
  boolean isFull() {
    if (kept.length() < capacity) {
      return false;
    }
    if (kept.count() >= 2 * kept.keys()) {
      kept = kept.joined();
    }
    return kept.length() > capacity / 2;
  }

  /** The run that it comes to, to be read before it is cleared. */
  PackedRecords run() {
    LinkedRecords from = kept;
    PackedRecord[] keys = from.sorted();
    Deque<PackedRecord> ready = new ArrayDeque<>();
    KeyFold fold = new KeyFold(ready::add);
    return new PackedRecords() {
      private int next;

      @Override
      public PackedRecord next() {
        while (ready.isEmpty() && next < keys.length) {
          from.join(keys[next++], fold);
        }
        return ready.poll();
      }
    };
  }

  /** Forgets what it holds. */
  void clear() {
    kept.clear();
  }
}
