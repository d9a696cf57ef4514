package dev.tidemark.tools.load;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import java.util.SplittableRandom;

/** Updates of keys that one writer has for itself: anything goes, deletes of the whole key too. */
final class ConfinedUpdates {
  private static final int ELEMENTS = 40;
  private static final int FIELDS = 12;
  private static final int RECURRING = 4;
  private static final int LONG_VALUE = 700;
  private static final int HUGE_VALUE = 20_000;

  private final LaneId lane;
  private final long index;
  private final SplittableRandom random;

  ConfinedUpdates(LaneId lane, long index, SplittableRandom random) {
    this.lane = lane;
    this.index = index;
    this.random = random;
  }

  Update next(Strategy strategy) {
    return switch (strategy) {
      case LWW_REGISTER, MV_REGISTER -> oneIn(8) ? new Update.Delete() : set();
      case EPOCH_MAX -> oneIn(8) ? new Update.Delete() : putEpoch();
      case G_COUNTER -> oneIn(10) ? new Update.Delete() : new Update.Increment(amount());
      case PN_COUNTER -> oneIn(10) ? new Update.Delete() : upOrDown();
      case G_SET -> new Update.Add(element());
      case OR_SET -> oneIn(16) ? new Update.Delete() : addOrRemove();
      case EW_FLAG -> flag();
      case LWW_MAP -> inMap(new Update.PutField(field(), text()));
      case OR_MAP_OF_OR_SET -> inMap(nested(addOrRemove()));
      case OR_MAP_OF_MV_REGISTER -> inMap(nested(set()));
      case OR_MAP_OF_EW_FLAG -> inMap(nested(flag()));
      case OR_MAP_OF_PN_COUNTER -> inMap(nested(upOrDown()));
      case JOURNAL -> new Update.Append(text());
    };
  }

  private Update inMap(Update otherwise) {
    int kind = random.nextInt(16);
    if (kind == 0) {
      return new Update.Delete();
    }
    return kind < 4 ? new Update.Remove(field()) : otherwise;
  }

  private Update nested(Update update) {
    return new Update.UpdateField(field(), oneIn(10) ? new Update.Delete() : update);
  }

  private Update set() {
    return new Update.SetValue(text());
  }

  /** Epochs are unsigned and counts signed: the ends of both are among them. */
  private Update putEpoch() {
    return new Update.PutEpoch(random.nextInt(6) - 1L, random.nextInt(1000) - 500L);
  }

  private Update upOrDown() {
    return random.nextBoolean() ? new Update.Increment(amount()) : new Update.Decrement(amount());
  }

  private Update addOrRemove() {
    return random.nextInt(3) == 0 ? new Update.Remove(element()) : new Update.Add(element());
  }

  private Update flag() {
    return switch (random.nextInt(5)) {
      case 0 -> new Update.Delete();
      case 1, 2 -> new Update.Disable();
      default -> new Update.Enable();
    };
  }

  private long amount() {
    return 1L + random.nextInt(1000);
  }

  private Bytes element() {
    return Bytes.utf8("e" + random.nextInt(ELEMENTS));
  }

  private Bytes field() {
    return Bytes.utf8("f" + random.nextInt(FIELDS));
  }

  /**
   * Long now and then, so that segments and overlay are full soon, and so that there are large
   * values; some of those come again and again, as the same chunk.
   */
  private Bytes text() {
    int kind = random.nextInt(200);
    int filler = kind == 0 ? HUGE_VALUE : kind < 40 ? LONG_VALUE : 0;
    long number = kind < 20 ? random.nextInt(RECURRING) : index;
    return Bytes.utf8(lane.tag() + "#" + number + "x".repeat(filler));
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }
}
