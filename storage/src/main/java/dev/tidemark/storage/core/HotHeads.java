package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.schema.Namespace;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The heads, as they are now, of keys that were updated a moment ago and are all head: an update
 * that builds on the one before, as a counter's does, reads neither memory nor the state. Guarded
 * by the store's write lock, under which all that changes a key passes by here.
 *
 * <p>Memory: twice {@value #MOST_KEYS} keys of at most {@value #MOST_KEY_BYTES} bytes, with heads
 * of at most {@value #MOST_HEAD_BYTES} bytes: below 5 MiB.
 */
final class HotHeads {
  private static final int MOST_KEYS = 4096;
  private static final int MOST_KEY_BYTES = 128;
  private static final int MOST_HEAD_BYTES = 256;

  private final Reads reads;
  // Those used since the older ones were set aside; what is not used for a whole turn is dropped.
  private Map<Bytes, byte[]> recent = new HashMap<>();
  private Map<Bytes, byte[]> older = new HashMap<>();

  HotHeads(Reads reads) {
    this.reads = reads;
  }

  /** A key as it is now. */
  KeyView view(Namespace namespace, Bytes key) {
    LiveView live = new LiveView(reads, namespace, key);
    if (!namespace.strategy().lattice().isAllHead()) {
      return live;
    }
    byte[] head = find(key);
    if (head == null) {
      head = live.head();
      keep(key, head);
    }
    return KeyDelta.ofHead(head);
  }

  /** Takes note of what was joined. */
  void note(Commit commit) {
    for (Operation operation : commit.held()) {
      Lattice lattice = operation.namespace().strategy().lattice();
      byte[] before = lattice.isAllHead() ? find(operation.key()) : null;
      if (before != null) {
        keep(operation.key(), lattice.join(before, operation.delta().head()).head());
      }
    }
  }

  private byte @Nullable [] find(Bytes key) {
    byte[] head = recent.get(key);
    return head == null ? older.get(key) : head;
  }

  private void keep(Bytes key, byte[] head) {
    if (head.length > MOST_HEAD_BYTES || key.length() > MOST_KEY_BYTES) {
      recent.remove(key);
      older.remove(key);
      return;
    }
    recent.put(key, head);
    if (recent.size() >= MOST_KEYS) {
      older = recent;
      recent = new HashMap<>();
    }
  }

  /** Anything may have changed. */
  void clear() {
    recent.clear();
    older.clear();
  }
}
