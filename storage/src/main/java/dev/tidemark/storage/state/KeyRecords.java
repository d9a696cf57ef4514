package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.error.MalformedException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that a state holds of one key, as it is stored.
 *
 * @param state head and cells; null if it is larger than was wanted, or has no head that decodes
 * @param isWhole whether the head is there and the cells add up to what it says
 */
public record KeyRecords(@Nullable KeyDelta state, boolean isWhole) {
  /** Gathers the records of one key. */
  static final class Reading implements RecordWalk.Visitor {
    private final byte[] stem;
    private final long mostBytes;
    private final TreeMap<Bytes, byte[]> cells = new TreeMap<>();
    private @Nullable StoredHead head;
    private boolean found;
    private boolean tooLarge;
    private long digest;
    private long bytes;

    Reading(Bytes key, long mostBytes) {
      this.stem = CellKey.stem(key);
      this.mostBytes = mostBytes;
    }

    @Override
    public boolean visit(byte[] storageKey, byte[] value) {
      if (!CellKey.hasStem(storageKey, stem)) {
        return true;
      }
      found = true;
      bytes += storageKey.length + value.length;
      tooLarge = bytes > mostBytes;
      if (tooLarge) {
        cells.clear();
        return false;
      }
      if (storageKey[stem.length] == CellKey.HEAD) {
        decodeHead(value);
      } else {
        Bytes id = CellKey.idOf(stem, storageKey);
        digest += CellDigest.ofCell(id, value);
        cells.put(id, value);
      }
      return true;
    }

    private void decodeHead(byte[] value) {
      try {
        StoredHead decoded = StoredHead.decode(value);
        head = decoded;
        digest += CellDigest.ofHead(decoded.head());
      } catch (MalformedException damaged) {
        // As good as none.
      }
    }

    @Nullable KeyRecords result() {
      StoredHead stored = head;
      if (!found) {
        return null;
      }
      if (tooLarge || stored == null) {
        return new KeyRecords(null, false);
      }
      return new KeyRecords(new KeyDelta(stored.head(), cells), stored.digest() == digest);
    }
  }
}
