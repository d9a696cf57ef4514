package dev.tidemark.storage.state;

import dev.tidemark.engine.codec.Bytes;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which commit to the state has changed a key last, or another that shares its place: what was read
 * of a key counts for as long as that stands. One thread raises them at a time.
 *
 * <p>Memory: 512 KiB.
 */
final class KeyVersions {
  static final int PLACES = 1 << 16;
  private static final int SPREAD = 0x9E3779B9;

  private final AtomicLongArray versions = new AtomicLongArray(PLACES);

  /** Where a key's version is. */
  static int place(Bytes key) {
    return (key.hashCode() * SPREAD) >>> (Integer.SIZE - Integer.numberOfTrailingZeros(PLACES));
  }

  /** The version of a key; to be asked before anything of it is read. */
  long of(Bytes key) {
    return versions.get(place(key));
  }

  /** A commit is written that has changed the keys of some places. */
  void rise(BitSet places, long version) {
    for (int at = places.nextSetBit(0); at >= 0; at = places.nextSetBit(at + 1)) {
      versions.set(at, version);
    }
  }
}
