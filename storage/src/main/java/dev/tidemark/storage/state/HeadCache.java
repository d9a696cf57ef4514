package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decoded heads of keys that are read again and again: a read of one of them does without a call
 * into RocksDB, which takes longer than all the rest of it.
 *
 * <p>A head counts for as long as nothing has been committed to the state since before it was read.
 * So nobody has to say what a commit changes, and a read that a commit overtakes leaves nothing
 * behind. A commit tells its version once it is written, and what it holds is let go from memory
 * after that: whoever finds a head of the version before still finds its deltas there.
 *
 * <p>A key is kept when it is missed twice with no other of its set missed in between, so that
 * reads all over the place displace nothing. Lost updates between threads cost a read.
 *
 * <p>Memory: {@value #HEADS} heads of at most {@value #MAX_HEAD_BYTES} bytes, and as much again for
 * their keys and objects: at most 16 MiB.
 */
final class HeadCache {
  static final int HEADS = 1 << 15;
  static final int MAX_HEAD_BYTES = 256;
  private static final int WAYS = 2;
  private static final int MAX_KEY_BYTES = 128;
  private static final int SPREAD = 0x9E3779B9;
  private static final int SETS = HEADS / WAYS;
  private static final int TAGS = 4;
  private static final int MISSED = WAYS;

  // Entries are immutable, so a race shows one or another of them, and never a part of one.
  private final @Nullable Entry[] entries = new Entry[HEADS];
  // Of each set, bits of the hashes of its keys and of the one missed last: entries are far away,
  // and
  // a read of one of many keys looks at none. All of a set in one line of the processor's cache.
  private final char[] tags = new char[TAGS * SETS];

  private record Entry(Namespace namespace, Bytes key, long version, StoredHead head) {
    boolean isOf(Namespace wanted, Bytes wantedKey) {
      return key.equals(wantedKey) && namespace.equals(wanted);
    }
  }

  /**
   * The head of a key.
   *
   * @param version of the last commit, told before anything of the key is read
   * @param read reads what is stored
   */
  @Nullable StoredHead head(
      Namespace namespace, Bytes key, long version, Supplier<@Nullable StoredHead> read) {
    int hash = key.hashCode() * SPREAD;
    int set = (hash >>> 8) & (SETS - 1);
    char tag = (char) Integer.rotateLeft(hash, 10);
    int place = -1;
    for (int way = 0; way < WAYS; way++) {
      Entry entry = tags[TAGS * set + way] == tag ? entries[WAYS * set + way] : null;
      if (entry != null && entry.isOf(namespace, key)) {
        if (entry.version == version) {
          return entry.head;
        }
        place = way;
      }
    }
    StoredHead head = read.get();
    if (head != null && head.head().length <= MAX_HEAD_BYTES && key.length() <= MAX_KEY_BYTES) {
      if (place < 0 && tags[TAGS * set + MISSED] != tag) {
        tags[TAGS * set + MISSED] = tag;
      } else {
        int way = place < 0 ? leastWorth(set, version) : place;
        tags[TAGS * set + way] = tag;
        entries[WAYS * set + way] = new Entry(namespace, key, version, head);
      }
    }
    return head;
  }

  /** The first way of a set, unless what it holds counts. */
  private int leastWorth(int set, long version) {
    Entry first = entries[WAYS * set];
    return first == null || first.version != version ? 0 : 1;
  }
}
