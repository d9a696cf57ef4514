package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.baseline.RocksBaseline;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Settings;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;

/** A store and a RocksDB that hold the same registers of 100 bytes, all of them in tables. */
final class Loaded implements AutoCloseable {
  final Tidemark store;
  final RocksBaseline rocks;

  Loaded(Run run, int keys) throws Exception {
    Schema schema = Schema.of(Keys.prefix(), Strategy.LWW_REGISTER);
    store = Tidemark.open(run.directory("store"), schema, Settings.store());
    rocks = new RocksBaseline(run.directory("rocks"));
    for (int i = 0; i < keys; i++) {
      // A prime that divides no power of ten permutes them: nobody loads in the order of the keys.
      long key = Math.floorMod(i * 7_368_787L, keys);
      store.lwwRegister(Keys.string(key), Codec.bytes()).set(Keys.value(i));
      rocks.put(Keys.bytes(key), Keys.value(i));
    }
    store.flush();
    rocks.flush();
  }

  @Override
  public void close() {
    store.close();
    rocks.close();
  }
}
