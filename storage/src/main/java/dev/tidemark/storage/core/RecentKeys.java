package dev.tidemark.storage.core;

import org.agrona.collections.Long2ObjectHashMap;

/**
 * Which keys each replica has written to of late, as a filter: it may take a key for written that
 * is not, never the other way round. So that a commit whose maker has not seen everything is
 * compared only where it can matter. Guarded by the store's write lock.
 *
 * <p>Memory: 32 KiB for each of the {@value #MOST_ORIGINS} replicas that wrote last.
 */
final class RecentKeys {
  private static final int MOST_ORIGINS = 64;
  private static final int BITS = 1 << 17;
  private static final int MOST_KEYS = BITS / 8;

  private final Long2ObjectHashMap<Filter> filters = new Long2ObjectHashMap<>();

  /** The keys of a replica's operations behind one of them. */
  private static final class Half {
    private final long[] bits = new long[BITS / Long.SIZE];
    private final long behind;
    private int keys;

    Half(long behind) {
      this.behind = behind;
    }

    boolean has(int bit) {
      return (bits[bit >>> 6] & 1L << bit) != 0;
    }
  }

  /** A filter that is full is followed by another; the one before is kept. */
  private static final class Filter {
    private Half older;
    private Half newer;

    Filter(long behind) {
      newer = new Half(behind);
      older = newer;
    }
  }

  /** A replica has written something, by operations behind another of its. */
  void begin(long origin, long behind) {
    if (!filters.containsKey(origin)) {
      if (filters.size() >= MOST_ORIGINS) {
        forget();
      }
      filters.put(origin, new Filter(behind));
    }
  }

  /** One that has begun has written to a key, by an operation behind another of its. */
  void note(long origin, long behind, int hash) {
    Filter filter = filters.get(origin);
    if (filter.newer.keys >= MOST_KEYS) {
      filter.older = filter.newer;
      filter.newer = new Half(behind);
    }
    int bit = bit(hash);
    filter.newer.bits[bit >>> 6] |= 1L << bit;
    filter.newer.keys++;
  }

  /** Whether a replica may have written to a key by an operation behind another of its. */
  boolean mayHave(long origin, long behind, int hash) {
    Filter filter = filters.get(origin);
    if (filter == null || behind < filter.older.behind) {
      return true;
    }
    int bit = bit(hash);
    return filter.newer.has(bit) || (behind < filter.newer.behind && filter.older.has(bit));
  }

  private static int bit(int hash) {
    int mixed = hash * 0x9e3779b9;
    return (mixed ^ mixed >>> 15) & BITS - 1;
  }

  /** Something was logged that was not noted: from here on nothing is known. */
  void forget() {
    filters.clear();
  }
}
