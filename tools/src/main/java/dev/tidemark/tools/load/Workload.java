package dev.tidemark.tools.load;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.tools.load.PlannedCommit.Aside;
import dev.tidemark.tools.load.PlannedCommit.PlannedUpdate;
import dev.tidemark.type.Durability;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The commits of one writer: a pure function of the seed, the writer and the index from 1. */
final class Workload {
  private static final Strategy[] STRATEGIES = Strategy.values();
  private static final int ITEMS = 3;
  private static final int LARGEST_BATCH = 8;
  private static final int HUGE_BATCH = 100;

  /** Keys that only grow, and those that all share, are left behind at this length. */
  private static final long COMMITS_PER_GROWING_KEY = 512;

  private static final int STREAMED_ONE_IN = 400;
  private static final int STREAMED_BYTES = 1_200_000;

  private static final long SESSIONS_PER_HOT_KEY = 8;

  private final long seed;
  private final LaneId lane;

  Workload(long seed, LaneId lane) {
    this.seed = seed;
    this.lane = lane;
  }

  /** The commit of an index. */
  PlannedCommit at(long index) {
    SplittableRandom random =
        new SplittableRandom(mix(mix(mix(seed) + lane.session()) + lane.lane()) + index);
    int size = size(random);
    List<PlannedUpdate> updates = new ArrayList<>(size);
    // In turn, so that a short run has them all.
    updates.add(confined(STRATEGIES[(int) ((index - 1) % STRATEGIES.length)], index, random));
    while (updates.size() < size) {
      Strategy strategy = STRATEGIES[random.nextInt(STRATEGIES.length)];
      updates.add(
          random.nextInt(3) == 0
              ? hot(strategy, index, random)
              : confined(strategy, index, random));
    }
    if (size == 1 && random.nextInt(STREAMED_ONE_IN) == 0) {
      updates.set(0, streamed(random));
    }
    Durability durability = random.nextInt(8) == 0 ? Durability.SYNCED : Durability.BUFFERED;
    return new PlannedCommit(
        List.copyOf(updates), durability, random.nextInt(4) == 0, aside(random));
  }

  private static int size(SplittableRandom random) {
    int kind = random.nextInt(500);
    if (kind == 0) {
      return HUGE_BATCH;
    }
    return kind < 300 ? 1 : 2 + random.nextInt(LARGEST_BATCH - 1);
  }

  private static Aside aside(SplittableRandom random) {
    int kind = random.nextInt(1000);
    if (kind < 200) {
      return Aside.READ;
    } else if (kind < 202) {
      return Aside.SCAN;
    } else if (kind < 204) {
      return Aside.FLUSH;
    } else if (kind < 206) {
      return Aside.ROLL;
    } else if (kind < 207) {
      return Aside.COMPACT;
    } else if (kind < 208) {
      return Aside.SNAPSHOT;
    }
    if (kind < 209) {
      return Aside.TRUNCATE;
    } else if (kind < 211) {
      return Aside.COLLECT;
    }
    return kind < 213 ? Aside.SWEEP : Aside.NOTHING;
  }

  private PlannedUpdate confined(Strategy strategy, long index, SplittableRandom random) {
    boolean grows = strategy == Strategy.JOURNAL || strategy == Strategy.G_SET;
    String item =
        grows ? "all-" + index / COMMITS_PER_GROWING_KEY : String.valueOf(random.nextInt(ITEMS));
    return new PlannedUpdate(
        Keys.confined(strategy, lane, item),
        new ConfinedUpdates(lane, index, random).next(strategy));
  }

  /** Longer than a commit can hold: a chunk of its own, and one that others have too. */
  private PlannedUpdate streamed(SplittableRandom random) {
    Strategy strategy = Strategy.LWW_REGISTER;
    String item = String.valueOf(random.nextInt(ITEMS));
    return new PlannedUpdate(
        Keys.confined(strategy, lane, item),
        new Update.SetValue(Bytes.utf8(lane.tag() + "x".repeat(STREAMED_BYTES))));
  }

  private PlannedUpdate hot(Strategy strategy, long index, SplittableRandom random) {
    String item = lane.session() / SESSIONS_PER_HOT_KEY + "-" + index / COMMITS_PER_GROWING_KEY;
    return new PlannedUpdate(
        Keys.hot(strategy, item), new SharedUpdates(lane, index, random).next(strategy));
  }

  private static long mix(long value) {
    return new SplittableRandom(value).nextLong();
  }
}
