package dev.tidemark.storage.statistics;

import dev.tidemark.engine.lattice.Remains;
import dev.tidemark.storage.state.StateStore;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * What a state holds.
 *
 * @param keys every key that was ever touched
 * @param present those of them that have a value
 * @param liveCells elements, fields and events that a reader sees
 * @param valueBytes keys and values, as they are encoded, without anything that only merging needs
 * @param remains what no reader sees, by kind
 * @param collectableBytes what of that may go once everybody has seen it, with the keys that have
 *     nothing else
 */
public record StateStatistics(
    long keys,
    long present,
    long liveCells,
    long valueBytes,
    Map<Remains.Kind, Tally> remains,
    long collectableBytes) {
  /**
   * Reads every key of a state once.
   *
   * @param listener is told the number of each key
   */
  public static StateStatistics of(StateStore state, LongConsumer listener) {
    StatePass pass = new StatePass(state);
    pass.run(listener);
    return pass.statistics();
  }

  /** How many, and their size as they are encoded. */
  public record Tally(long count, long bytes) {
    static final Tally ZERO = new Tally(0, 0);

    Tally plus(Remains more) {
      return new Tally(count + more.count(), bytes + more.bytes());
    }
  }
}
