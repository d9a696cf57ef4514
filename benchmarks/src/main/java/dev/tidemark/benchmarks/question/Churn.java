package dev.tidemark.benchmarks.question;

import dev.tidemark.Batch;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.util.SplittableRandom;

/**
 * Updates of all strategies without an end, over keys, elements and fields whose number is bounded:
 * what they leave stays as large as it is. Journals cannot forget, so they get few events. Few
 * values are large, since each is forced to the disk.
 */
final class Churn {
  private static final int KEYS = 2_000;
  private static final int ITEMS = 20;
  private static final int EVENT_IN = 50_000;
  private static final int DELETE_IN = 200;
  private static final int LARGE_IN = 5_000;
  private static final int LARGE_BYTES = 100_000;
  private static final Strategy[] STRATEGIES = Strategy.values();

  /** A prefix for each strategy. */
  static final Schema SCHEMA = schema();

  private final SplittableRandom random;

  Churn(long seed) {
    random = new SplittableRandom(seed);
  }

  private static Schema schema() {
    Schema schema = Schema.empty();
    for (Strategy strategy : STRATEGIES) {
      schema = schema.and(prefix(strategy), strategy);
    }
    return schema;
  }

  private static String prefix(Strategy strategy) {
    return strategy.id() + "/";
  }

  /** Adds so many updates to a commit. */
  void write(Batch batch, int updates) {
    for (int i = 0; i < updates; i++) {
      Strategy strategy = STRATEGIES[random.nextInt(STRATEGIES.length)];
      if (strategy == Strategy.JOURNAL && random.nextInt(EVENT_IN / STRATEGIES.length) != 0) {
        strategy = Strategy.LWW_REGISTER;
      }
      batch.update(prefix(strategy) + random.nextInt(KEYS), update(strategy));
    }
  }

  private Update update(Strategy strategy) {
    boolean deletes = strategy != Strategy.G_SET && strategy != Strategy.JOURNAL;
    if (deletes && random.nextInt(DELETE_IN) == 0) {
      return new Update.Delete();
    }
    return switch (strategy) {
      case LWW_REGISTER ->
          new Update.SetValue(bytes(random.nextInt(LARGE_IN) == 0 ? LARGE_BYTES : 40));
      case MV_REGISTER -> new Update.SetValue(bytes(40));
      case EPOCH_MAX -> new Update.PutEpoch(random.nextInt(100), random.nextInt(1_000));
      case G_COUNTER -> new Update.Increment(1);
      case PN_COUNTER -> count();
      case G_SET -> new Update.Add(item());
      case OR_SET -> addOrRemove();
      case EW_FLAG -> flag();
      case LWW_MAP ->
          random.nextInt(4) == 0
              ? new Update.Remove(item())
              : new Update.PutField(item(), bytes(20));
      case JOURNAL -> new Update.Append(bytes(40));
      case OR_MAP_OF_OR_SET -> nested(addOrRemove());
      case OR_MAP_OF_MV_REGISTER -> nested(new Update.SetValue(bytes(20)));
      case OR_MAP_OF_EW_FLAG -> nested(flag());
      case OR_MAP_OF_PN_COUNTER -> nested(count());
    };
  }

  private Update nested(Update inner) {
    return random.nextInt(8) == 0
        ? new Update.Remove(item())
        : new Update.UpdateField(item(), inner);
  }

  private Update addOrRemove() {
    return random.nextInt(2) == 0 ? new Update.Remove(item()) : new Update.Add(item());
  }

  private Update count() {
    return random.nextBoolean() ? new Update.Increment(1) : new Update.Decrement(1);
  }

  private Update flag() {
    return random.nextBoolean() ? new Update.Enable() : new Update.Disable();
  }

  private Bytes item() {
    return Bytes.utf8("item-" + random.nextInt(ITEMS));
  }

  private Bytes bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Bytes.wrap(bytes);
  }
}
