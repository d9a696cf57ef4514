package dev.tidemark.storage.antientropy;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.storage.state.KeyRange;
import dev.tidemark.storage.state.KeyTile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A store as it is at one moment, to be compared with another that has joined the same. What is
 * asked for is small, whatever the store holds, but for the copy of a key.
 */
public interface Moment {
  /** How many tiles may be compared at once; an even number. */
  int MOST_TILES = 64;

  /** How many keys may be listed at once. */
  int MOST_KEYS = 256;

  /** How many bytes of keys are listed at once, if there is more than one. */
  int MOST_LIST_BYTES = 1 << 20;

  /** How large a key may be that is copied or rebuilt, in bytes; a larger one is only reported. */
  long MOST_KEY_BYTES = 32L << 20;

  /** What of everybody's operations it has joined. */
  VersionVector vector();

  /** Below what it has forgotten. */
  Floor floor();

  /**
   * Which of some tiles have another fingerprint here, or a key that is not sound.
   *
   * @param prefix the namespace; one that this store does not have is empty
   * @param tiles at most {@link #MOST_TILES}, of which each begins where the one before ends
   * @param floor at least that of both stores
   * @return their indices, in order
   */
  List<Integer> differing(Bytes prefix, List<KeyTile> tiles, Floor floor);

  /** The first keys of a range: at least one if there is any, at most {@link #MOST_KEYS}. */
  KeyPage keys(Bytes prefix, KeyRange range, Floor floor);

  /** A key as a whole, or null if it is not there, not sound or too large. */
  @Nullable KeyCopy copy(Bytes prefix, Bytes key);
}
