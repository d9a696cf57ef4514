package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.baseline.RocksBaseline;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Latency;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Settings;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.type.EpochMax;
import java.nio.ByteBuffer;
import java.util.function.LongUnaryOperator;

/**
 * Question: how many requests a second does a gateway count that limits the rate of its clients?
 *
 * <p>Workload: an epoch-max for each of 100,000 clients and each of 4 gateways, of which this store
 * counts for one: a request reads the client's counts of all gateways in this epoch, sums them and
 * raises its own. 1,000,000 requests of clients by Zipf's law (0.99), a new epoch every 100,000,
 * BUFFERED.
 *
 * <p>Baseline: RocksDB with its write-ahead log, 16 bytes under the same keys, the same reads and
 * writes. The ratio is of rates.
 */
public final class RateLimiter implements Benchmark {
  private static final int GATEWAYS = 4;

  @Override
  public String name() {
    return "rate-limiter";
  }

  @Override
  public String question() {
    return "how many requests a second does a rate limiter count?";
  }

  @Override
  public String unfairness() {
    return "to the store: RocksDB's counts cannot be merged with those of other gateways";
  }

  @Override
  public void run(Run run) throws Exception {
    int requests = run.size(1_000_000, 100_000, 500);
    int clients = run.size(100_000, 10_000, 100);
    int perEpoch = requests / 10;
    Latency rocksDb = new Latency();
    try (RocksBaseline rocks = new RocksBaseline(run.directory("rocks"))) {
      LongUnaryOperator choice = Keys.zipfian(clients, 0.99);
      rocksDb.time(requests, i -> rocks(rocks, choice.applyAsLong(i), i / perEpoch));
    }
    Latency own = new Latency();
    Schema schema = Schema.of(Keys.prefix(), Strategy.EPOCH_MAX);
    try (Tidemark store = Tidemark.open(run.directory("store"), schema, Settings.store())) {
      LongUnaryOperator choice = Keys.zipfian(clients, 0.99);
      own.time(requests, i -> own(store, choice.applyAsLong(i), i / perEpoch));
    }
    run.row(
        new Row(
            Figure.format("requests of %,d clients, %d gateways", clients, GATEWAYS),
            own.rateFigure(),
            rocksDb.rateFigure(),
            own.perSecond() / rocksDb.perSecond()));
  }

  private static void own(Tidemark store, long client, long epoch) {
    long total = 0;
    long mine = 0;
    for (int gateway = 0; gateway < GATEWAYS; gateway++) {
      EpochMax counter = store.epochMax(Keys.string(client * GATEWAYS + gateway));
      long count =
          counter.get().filter(c -> c.epoch() == epoch).map(Value.EpochCount::count).orElse(0L);
      total += count;
      mine = gateway == 0 ? count : mine;
    }
    if (total < Long.MAX_VALUE) {
      store.epochMax(Keys.string(client * GATEWAYS)).put(epoch, mine + 1);
    }
  }

  private static void rocks(RocksBaseline rocks, long client, long epoch) {
    long total = 0;
    long mine = 0;
    for (int gateway = 0; gateway < GATEWAYS; gateway++) {
      byte[] found = rocks.get(Keys.bytes(client * GATEWAYS + gateway));
      ByteBuffer payload = found == null ? null : ByteBuffer.wrap(found);
      long count = payload != null && payload.getLong() == epoch ? payload.getLong() : 0;
      total += count;
      mine = gateway == 0 ? count : mine;
    }
    if (total < Long.MAX_VALUE) {
      byte[] payload =
          ByteBuffer.allocate(EpochMax.PAYLOAD_BYTES).putLong(epoch).putLong(mine + 1).array();
      rocks.put(Keys.bytes(client * GATEWAYS), payload);
    }
  }
}
