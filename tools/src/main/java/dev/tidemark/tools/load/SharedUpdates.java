package dev.tidemark.tools.load;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import java.util.SplittableRandom;

/**
 * Updates of keys that all writers share. What each writer puts in bears its tag and is changed by
 * nobody else, so what the key holds can be told apart by writer, whatever their order was.
 */
final class SharedUpdates {
  private static final int FIELDS = 6;
  private static final int RECENT = 32;

  private final LaneId lane;
  private final long index;
  private final SplittableRandom random;

  SharedUpdates(LaneId lane, long index, SplittableRandom random) {
    this.lane = lane;
    this.index = index;
    this.random = random;
  }

  Update next(Strategy strategy) {
    return switch (strategy) {
      case LWW_REGISTER, MV_REGISTER -> new Update.SetValue(mine(index));
      case EPOCH_MAX -> new Update.PutEpoch(random.nextInt(3), random.nextInt(1_000_000));
      case G_COUNTER -> new Update.Increment(amount());
      case PN_COUNTER -> upOrDown();
      case G_SET -> new Update.Add(mine(index));
      case OR_SET -> addOrRemove();
      case EW_FLAG -> new Update.Enable();
      case LWW_MAP -> inMap(new Update.PutField(field(), mine(index)));
      case OR_MAP_OF_OR_SET -> inMap(nested(addOrRemove()));
      case OR_MAP_OF_MV_REGISTER -> inMap(nested(new Update.SetValue(mine(index))));
      case OR_MAP_OF_EW_FLAG ->
          inMap(nested(random.nextBoolean() ? new Update.Enable() : new Update.Disable()));
      case OR_MAP_OF_PN_COUNTER -> inMap(nested(upOrDown()));
      case JOURNAL -> new Update.Append(mine(index));
    };
  }

  private Update inMap(Update otherwise) {
    return random.nextInt(5) == 0 ? new Update.Remove(field()) : otherwise;
  }

  private Update nested(Update update) {
    return new Update.UpdateField(field(), update);
  }

  private Update upOrDown() {
    return random.nextBoolean() ? new Update.Increment(amount()) : new Update.Decrement(amount());
  }

  /** Removes one of the writer's own, if it did add it. */
  private Update addOrRemove() {
    return random.nextInt(4) == 0
        ? new Update.Remove(mine(index - 1 - random.nextInt(RECENT)))
        : new Update.Add(mine(index));
  }

  private long amount() {
    return 1L + random.nextInt(1000);
  }

  private Bytes mine(long number) {
    return Bytes.utf8(lane.tag() + "#" + number);
  }

  private Bytes field() {
    return Bytes.utf8(lane.tag() + "#f" + random.nextInt(FIELDS));
  }
}
