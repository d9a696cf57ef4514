package dev.tidemark.engine.simulation;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.util.List;
import java.util.Random;

/** What all nodes of a schedule share: keys, time, the oracle, and what is counted. */
final class World {
  private static final List<Bytes> KEYS =
      List.of(Bytes.utf8("a"), Bytes.utf8("b"), Bytes.utf8("c"));

  /** Those that forget tombstones, and so have the most to lose. */
  private static final List<Strategy> BY_STAMP =
      List.of(Strategy.LWW_REGISTER, Strategy.LWW_MAP, Strategy.EPOCH_MAX);

  private final Schema schema;
  private final Oracle oracle;
  private final Breakage breakage;
  private final Tally tally;
  private long now = 1_000;
  private int contents;

  World(Random random, Breakage breakage, Tally tally) {
    Strategy[] all = Strategy.values();
    Schema drawn = Schema.empty();
    for (Bytes key : KEYS) {
      Strategy strategy =
          random.nextBoolean()
              ? BY_STAMP.get(random.nextInt(BY_STAMP.size()))
              : all[random.nextInt(all.length)];
      drawn = drawn.and(key.toUtf8(), strategy);
    }
    this.schema = drawn;
    this.oracle = new Oracle(schema);
    this.breakage = breakage;
    this.tally = tally;
  }

  Schema schema() {
    return schema;
  }

  List<Bytes> keys() {
    return KEYS;
  }

  Oracle oracle() {
    return oracle;
  }

  Breakage breakage() {
    return breakage;
  }

  Tally tally() {
    return tally;
  }

  long now() {
    return now;
  }

  void tick() {
    now++;
  }

  /** What makes two commits under one number differ. */
  int newContent() {
    return ++contents;
  }
}
