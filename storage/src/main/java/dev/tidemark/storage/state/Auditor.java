package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.MalformedException;
import dev.tidemark.storage.state.StateMismatch.Kind;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Walks over every record of every namespace and adds up again what the heads say. */
final class Auditor {
  private final Guard guard;
  private final Consumer<StateMismatch> visitor;
  private long keys;
  private long cells;
  private long bytes;
  private long mismatches;

  Auditor(Guard guard, Consumer<StateMismatch> visitor) {
    this.guard = guard;
    this.visitor = visitor;
  }

  StateAudit result() {
    return new StateAudit(keys, cells, bytes, mismatches);
  }

  /** Lets RocksDB compare the checksums of its files: also of blocks that no record is in. */
  void checksums(Database db) {
    try {
      guard.run(db::verifyChecksums);
    } catch (DamagedException e) {
      String message = String.valueOf(e.getMessage());
      // This opens tables by their names once more. Of one that is held and whose name a writer has
      // removed since, the walk over the records compares what is left to compare.
      if (!db.holdsTables() || !StateFailure.isMissingFile(message)) {
        report(Kind.CHECKSUM, null, null, "every checksum holds", message);
      }
    }
  }

  /**
   * Walks over a namespace.
   *
   * @param leaves sees each record too, and the end, unless something is wrong before
   */
  void namespace(Reader reader, Namespace namespace, @Nullable LeafWalk leaves) {
    NamespaceWalk walk = new NamespaceWalk(namespace, leaves);
    try {
      RecordWalk.over(guard, reader, KeyRange.ALL, walk::record);
    } catch (DamagedException e) {
      // What the key has added up to so far is not all of it.
      walk.comparable = false;
      report(Kind.BLOCK, namespace, walk.key, "readable blocks", String.valueOf(e.getMessage()));
    }
    walk.endKey();
    if (leaves != null && mismatches == 0) {
      leaves.end();
    }
  }

  private void report(
      Kind kind,
      @Nullable Namespace namespace,
      @Nullable Bytes key,
      String expected,
      String actual) {
    mismatches++;
    visitor.accept(new StateMismatch(kind, namespace, key, expected, actual));
  }

  /** Where the walk over one namespace is, and what the current key has added up to so far. */
  private final class NamespaceWalk {
    private final Namespace namespace;
    private final @Nullable LeafWalk leaves;
    private @Nullable Bytes key;
    private @Nullable StoredHead head;
    private long digest;
    private long liveCells;
    private long orphans;
    private boolean comparable;

    NamespaceWalk(Namespace namespace, @Nullable LeafWalk leaves) {
      this.namespace = namespace;
      this.leaves = leaves;
    }

    private boolean record(byte[] storageKey, byte[] value) {
      bytes += storageKey.length + value.length;
      try {
        CellKey at = CellKey.decode(storageKey);
        if (key == null || !key.equals(at.key())) {
          endKey();
          beginKey(at.key());
        }
        if (at.kind() == CellKey.HEAD) {
          head(StoredHead.decode(value));
        } else {
          cell(at.cellId(), value);
        }
      } catch (MalformedException e) {
        comparable = false;
        report(
            Kind.RECORD,
            namespace,
            key,
            "a record that decodes",
            Bytes.wrap(storageKey) + ": " + e.getMessage());
      }
      return leaves == null || mismatches > 0 || leaves.visit(storageKey, value);
    }

    private void beginKey(Bytes newKey) {
      key = newKey;
      comparable = true;
    }

    private void head(StoredHead stored) {
      keys++;
      head = stored;
      digest += CellDigest.ofHead(stored.head());
    }

    private void cell(Bytes id, byte[] cell) {
      cells++;
      orphans += head == null ? 1 : 0;
      digest += CellDigest.ofCell(id, cell);
      liveCells += namespace.strategy().lattice().live(id, cell) ? 1 : 0;
    }

    /** Compares what the key's head says with what its cells add up to. */
    void endKey() {
      StoredHead stored = head;
      if (stored == null) {
        if (orphans > 0 && comparable) {
          report(Kind.HEAD_MISSING, namespace, key, "a head", orphans + " cells without one");
        }
      } else if (comparable) {
        if (stored.liveCells() != liveCells) {
          report(
              Kind.LIVE_CELLS,
              namespace,
              key,
              Long.toString(stored.liveCells()),
              Long.toString(liveCells));
        }
        if (stored.digest() != digest) {
          report(
              Kind.DIGEST,
              namespace,
              key,
              Long.toHexString(stored.digest()),
              Long.toHexString(digest));
        }
      }
      key = null;
      head = null;
      digest = 0;
      liveCells = 0;
      orphans = 0;
      comparable = false;
    }
  }
}
