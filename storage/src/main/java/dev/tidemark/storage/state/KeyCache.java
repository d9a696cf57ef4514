package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Namespace;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What was decoded of keys that are read again and again: a read of one of them does without a call
 * into RocksDB, which takes longer than all the rest of it.
 *
 * <p>What was read counts for as long as nothing has been committed to the key since before it was,
 * so a read that a commit overtakes leaves nothing behind. A commit tells its {@linkplain
 * KeyVersions versions} once it is written, and what it holds is let go from memory after that:
 * whoever finds what was read at the version before still finds its deltas there.
 *
 * <p>A key is kept when it is missed twice with no other of its set missed in between, so that
 * reads all over the place displace nothing. Lost updates between threads cost a read.
 *
 * <p>Memory: so many of what it keeps, with keys of at most {@value #MAX_KEY_BYTES} bytes.
 */
final class KeyCache<T> {
  private static final int WAYS = 2;
  private static final int MAX_KEY_BYTES = 128;
  private static final int SPREAD = 0x9E3779B9;
  private static final int TAGS = 4;
  private static final int MISSED = WAYS;

  // Entries are immutable, so a race shows one or another of them, and never a part of one.
  private final @Nullable Entry<T>[] entries;
  // Of each set, bits of the hashes of its keys and of the one missed last: entries are far away,
  // and a read of one of many keys looks at none. All of a set in one line of the processor's
  // cache.
  private final char[] tags;
  private final int sets;
  private final ToLongFunction<Bytes> versions;
  private final Predicate<T> isWorthIt;

  private record Entry<T>(Namespace namespace, Bytes key, long version, T value) {
    boolean isOf(Namespace wanted, Bytes wantedKey) {
      return key.equals(wantedKey) && namespace.equals(wanted);
    }
  }

  /**
   * A cache of nothing.
   *
   * @param most of how many keys it keeps something at most: a power of two, above one
   * @param versions of a key, told by the commits that change it
   * @param isWorthIt whether something is to be kept; it is not asked again
   */
  @SuppressWarnings({"unchecked", "rawtypes"})
  KeyCache(int most, ToLongFunction<Bytes> versions, Predicate<T> isWorthIt) {
    this.entries = new Entry[most];
    this.sets = most / WAYS;
    this.tags = new char[TAGS * sets];
    this.versions = versions;
    this.isWorthIt = isWorthIt;
  }

  /**
   * What is stored of a key.
   *
   * @param read reads what is stored; null is not kept
   */
  @Nullable T get(Namespace namespace, Bytes key, Supplier<@Nullable T> read) {
    // Before anything of the key is read.
    long version = versions.applyAsLong(key);
    int hash = key.hashCode() * SPREAD;
    int set = (hash >>> 8) & (sets - 1);
    char tag = (char) Integer.rotateLeft(hash, 10);
    int place = -1;
    for (int way = 0; way < WAYS; way++) {
      Entry<T> entry = tags[TAGS * set + way] == tag ? entries[WAYS * set + way] : null;
      if (entry != null && entry.isOf(namespace, key)) {
        if (entry.version == version) {
          return entry.value;
        }
        place = way;
      }
    }
    T value = read.get();
    if (value != null && key.length() <= MAX_KEY_BYTES && isWorthIt.test(value)) {
      if (place < 0 && tags[TAGS * set + MISSED] != tag) {
        tags[TAGS * set + MISSED] = tag;
      } else {
        int way = place < 0 ? leastWorth(set) : place;
        tags[TAGS * set + way] = tag;
        entries[WAYS * set + way] = new Entry<>(namespace, key, version, value);
      }
    }
    return value;
  }

  /** The first way of a set, unless what it holds counts. */
  private int leastWorth(int set) {
    Entry<T> first = entries[WAYS * set];
    boolean counts = first != null && first.version == versions.applyAsLong(first.key);
    return counts ? 1 : 0;
  }
}
