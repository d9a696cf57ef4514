package dev.tidemark.engine.conformance;

import java.util.Random;

/** What a store may do at any time, and what must never change a value. */
final class Disturbance {
  private Disturbance() {}

  static void disturb(EngineReplica replica, Random chance, boolean keepRawLog) {
    if (chance.nextInt(4) == 0) {
      replica.redeliver(chance);
    }
    if (!keepRawLog && replica.logSize() > 1 && chance.nextInt(6) == 0) {
      int from = chance.nextInt(replica.logSize() - 1);
      int to = from + 1 + chance.nextInt(replica.logSize() - from);
      replica.foldLog(from, Math.min(to, replica.logSize()));
    }
    if (!keepRawLog && chance.nextInt(20) == 0) {
      replica.truncate();
    }
    replica.keys().values().forEach(key -> disturb(key, chance));
  }

  private static void disturb(LayeredKey key, Random chance) {
    switch (chance.nextInt(6)) {
      case 0, 1 -> key.startRun();
      case 2 -> {
        if (key.runs() > 1) {
          key.foldTogether(1 + chance.nextInt(key.runs() - 1));
        }
      }
      case 3 -> {
        if (key.runs() > 0) {
          key.foldOldest();
        }
      }
      case 4 -> key.reload();
      default -> {
        // Nothing happens.
      }
    }
  }

  static void foldOldestTwo(LayeredKey key) {
    if (key.runs() > 1) {
      key.foldTogether(1);
    }
  }
}
