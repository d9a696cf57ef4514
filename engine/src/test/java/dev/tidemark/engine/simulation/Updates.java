package dev.tidemark.engine.simulation;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.blob.LargeValues;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import java.util.Random;

/** Updates of every strategy, of few enough things that they meet, and with many removes. */
public final class Updates {
  private static final int DELETE_OF = 6;
  private static final LargeValue LARGE = LargeValues.any(1);

  private Updates() {}

  /** Half of them take something away, of two things that there are. */
  static Update removing(Strategy strategy, Random random) {
    boolean removes = random.nextBoolean();
    Bytes item = Bytes.utf8(random.nextBoolean() ? "a" : "b");
    return switch (strategy) {
      case G_SET, JOURNAL -> any(strategy, random);
      case OR_SET -> removes ? new Update.Remove(item) : new Update.Add(item);
      case LWW_MAP -> removes ? new Update.Remove(item) : new Update.PutField(item, item);
      case OR_MAP_OF_OR_SET ->
          removes ? new Update.Remove(item) : new Update.UpdateField(item, new Update.Add(item));
      case OR_MAP_OF_MV_REGISTER ->
          removes
              ? new Update.Remove(item)
              : new Update.UpdateField(item, new Update.SetValue(item));
      case OR_MAP_OF_EW_FLAG ->
          removes ? new Update.Remove(item) : new Update.UpdateField(item, new Update.Enable());
      case OR_MAP_OF_PN_COUNTER ->
          removes ? new Update.Remove(item) : new Update.UpdateField(item, new Update.Increment(1));
      default -> removes ? new Update.Delete() : any(strategy, random);
    };
  }

  public static Update any(Strategy strategy, Random random) {
    return switch (strategy) {
      case LWW_REGISTER -> random.nextInt(3) == 0 ? new Update.Delete() : set(random);
      case MV_REGISTER -> orDelete(random, new Update.SetValue(text(random)));
      case EPOCH_MAX ->
          orDelete(random, new Update.PutEpoch(random.nextInt(3), random.nextInt(3) - 1));
      case G_COUNTER -> orDelete(random, new Update.Increment(1 + random.nextInt(5)));
      case PN_COUNTER -> orDelete(random, count(random));
      case G_SET -> new Update.Add(text(random));
      case OR_SET -> orDelete(random, element(random));
      case EW_FLAG -> orDelete(random, flag(random));
      case LWW_MAP ->
          orDelete(random, random.nextInt(3) == 0 ? new Update.Remove(text(random)) : put(random));
      case OR_MAP_OF_OR_SET -> field(random, element(random));
      case OR_MAP_OF_MV_REGISTER -> field(random, new Update.SetValue(text(random)));
      case OR_MAP_OF_EW_FLAG -> field(random, flag(random));
      case OR_MAP_OF_PN_COUNTER -> field(random, count(random));
      case JOURNAL -> new Update.Append(text(random));
    };
  }

  private static Update set(Random random) {
    Bytes value = text(random);
    return isLarge(value) ? new Update.SetLarge(LARGE) : new Update.SetValue(value);
  }

  private static Update put(Random random) {
    Bytes field = text(random);
    Bytes value = text(random);
    return isLarge(value)
        ? new Update.PutLargeField(field, LARGE)
        : new Update.PutField(field, value);
  }

  /** Told without a draw: every seed stays the schedule it was. */
  private static boolean isLarge(Bytes value) {
    return value.array()[0] == 'c';
  }

  private static Update orDelete(Random random, Update update) {
    return random.nextInt(DELETE_OF) == 0 ? new Update.Delete() : update;
  }

  private static Update field(Random random, Update nested) {
    return switch (random.nextInt(DELETE_OF)) {
      case 0 -> new Update.Delete();
      case 1 -> new Update.Remove(text(random));
      case 2 -> new Update.UpdateField(text(random), new Update.Delete());
      default -> new Update.UpdateField(text(random), nested);
    };
  }

  private static Update element(Random random) {
    return random.nextInt(3) == 0 ? new Update.Remove(text(random)) : new Update.Add(text(random));
  }

  private static Update count(Random random) {
    return random.nextBoolean()
        ? new Update.Increment(1 + random.nextInt(5))
        : new Update.Decrement(1 + random.nextInt(5));
  }

  private static Update flag(Random random) {
    return random.nextInt(3) == 0 ? new Update.Disable() : new Update.Enable();
  }

  private static Bytes text(Random random) {
    return Bytes.utf8(String.valueOf((char) ('a' + random.nextInt(3))));
  }
}
