package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.baseline.RocksBaseline;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Latency;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Settings;
import dev.tidemark.benchmarks.peer.YcsbRocks;
import dev.tidemark.benchmarks.peer.YcsbTidemark;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.util.List;
import java.util.Properties;
import site.ycsb.DB;
import site.ycsb.Workload;
import site.ycsb.measurements.Measurements;
import site.ycsb.workloads.CoreWorkload;

/**
 * Question: how does it do in the core workloads of the Yahoo! Cloud Serving Benchmark?
 *
 * <p>Workload: 100,000 records of 10 fields of 100 bytes, Zipfian; A, B, C, F and D in the order
 * that YCSB recommends, 300,000 operations each, by one thread. A record is an lww-map; an update
 * sets one field, a read takes all.
 *
 * <p>Baseline: RocksDB with its write-ahead log, a record a value, as YCSB's own binding has it: an
 * update of a field reads and writes the record. The same workloads in the same run; the ratio is
 * of rates.
 */
public final class Ycsb implements Benchmark {
  private static final List<Mix> MIXES =
      List.of(
          new Mix("A: 50 % reads, 50 % updates", 0.5, 0.5, 0, 0, "zipfian"),
          new Mix("B: 95 % reads, 5 % updates", 0.95, 0.05, 0, 0, "zipfian"),
          new Mix("C: reads", 1, 0, 0, 0, "zipfian"),
          new Mix("F: 50 % reads, 50 % read-modify-writes", 0.5, 0, 0, 0.5, "zipfian"),
          new Mix("D: 95 % reads of the latest, 5 % inserts", 0.95, 0, 0.05, 0, "latest"));

  @Override
  public String name() {
    return "ycsb";
  }

  @Override
  public String question() {
    return "how does it do in YCSB's workloads, beside RocksDB?";
  }

  @Override
  public String unfairness() {
    return "to the store: it merges fields one by one, RocksDB's record would lose one of two"
        + " concurrent updates; to RocksDB: an update of one field in ten writes all";
  }

  @Override
  public void run(Run run) throws Exception {
    int records = run.size(100_000, 20_000, 50);
    int operations = run.size(300_000, 50_000, 100);
    Schema schema = Schema.of("user", Strategy.LWW_MAP);
    try (Tidemark store = Tidemark.open(run.directory("store"), schema, Settings.store());
        RocksBaseline rocks = new RocksBaseline(run.directory("rocks"))) {
      DB own = new YcsbTidemark(store);
      DB baseline = new YcsbRocks(rocks);
      load(own, records);
      load(baseline, records);
      store.flush();
      rocks.flush();
      for (Mix mix : MIXES) {
        Latency rocksDb = transactions(baseline, mix, records, operations);
        Latency tidemark = transactions(own, mix, records, operations);
        run.row(
            new Row(
                mix.name,
                tidemark.rateFigure(),
                rocksDb.rateFigure(),
                tidemark.perSecond() / rocksDb.perSecond()));
      }
    }
  }

  private static void load(DB db, int records) throws Exception {
    Properties properties = MIXES.get(0).properties(records, records);
    Workload workload = workload(properties);
    Object state = workload.initThread(properties, 0, 1);
    for (int i = 0; i < records; i++) {
      succeeded(workload.doInsert(db, state));
    }
  }

  private static Latency transactions(DB db, Mix mix, int records, int operations)
      throws Exception {
    Properties properties = mix.properties(records, 2 * operations);
    Workload workload = workload(properties);
    Object state = workload.initThread(properties, 0, 1);
    new Latency().time(operations / 5, i -> succeeded(workload.doTransaction(db, state)));
    Latency latency = new Latency();
    latency.time(operations, i -> succeeded(workload.doTransaction(db, state)));
    workload.cleanup();
    return latency;
  }

  private static Workload workload(Properties properties) throws Exception {
    Measurements.setProperties(properties);
    Workload workload = new CoreWorkload();
    workload.init(properties);
    return workload;
  }

  private static void succeeded(boolean success) {
    if (!success) {
      throw new IllegalStateException("an operation of YCSB failed");
    }
  }

  private record Mix(
      String name, double reads, double updates, double inserts, double changes, String choice) {
    Properties properties(int records, int operations) {
      Properties properties = new Properties();
      properties.setProperty("recordcount", String.valueOf(records));
      // It sizes the key space for inserts by it.
      properties.setProperty("operationcount", String.valueOf(operations));
      properties.setProperty(CoreWorkload.READ_PROPORTION_PROPERTY, String.valueOf(reads));
      properties.setProperty(CoreWorkload.UPDATE_PROPORTION_PROPERTY, String.valueOf(updates));
      properties.setProperty(CoreWorkload.INSERT_PROPORTION_PROPERTY, String.valueOf(inserts));
      properties.setProperty(CoreWorkload.SCAN_PROPORTION_PROPERTY, "0");
      properties.setProperty(
          CoreWorkload.READMODIFYWRITE_PROPORTION_PROPERTY, String.valueOf(changes));
      properties.setProperty(CoreWorkload.REQUEST_DISTRIBUTION_PROPERTY, choice);
      return properties;
    }
  }
}
