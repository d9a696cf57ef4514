package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.baseline.RawChronicle;
import dev.tidemark.benchmarks.baseline.RocksBaseline;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Latency;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Settings;
import dev.tidemark.benchmarks.harness.Target;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.Set;
import net.openhft.chronicle.bytes.Bytes;

/**
 * Question: how many updates a second survive power loss, by 1, 8 and 64 callers that each wait?
 *
 * <p>Workload: sets of 100-byte values to lww-registers under 10,000 keys, SYNCED; each caller
 * makes its share of the calls, one after the other. Callers that wait at the same time share a
 * force of the disk. A fifth of the calls is made beforehand and does not count.
 *
 * <p>Baseline: of one caller, appends of 100 bytes to a Chronicle Queue, each followed by a force
 * of its file; of all, RocksDB's put with {@code sync} on, which shares forces too; of 64, also one
 * caller. The ratio is of rates. All depend on the disk more than on the code, and on whether it
 * tells the truth about a flush.
 */
public final class Synced implements Benchmark {
  private static final int KEYS = 10_000;

  @Override
  public String name() {
    return "synced";
  }

  @Override
  public String question() {
    return "how many SYNCED updates a second?";
  }

  @Override
  public String unfairness() {
    return "to the store: a raw append is of the value alone, without key and checksum; to nobody:"
        + " a virtual disk may acknowledge a flush that it has not made";
  }

  @Override
  public Set<Target> targets() {
    return EnumSet.of(Target.SYNCED_ONE, Target.SYNCED_MANY);
  }

  @Override
  public void run(Run run) throws Exception {
    int each = run.size(20_000, 2_000, 10);
    // Both once for the compiler: 20,000 calls are two seconds, of which it took a part.
    own(run, 1, each);
    raw(run, each);
    double one = own(run, 1, each).perSecond();
    Latency raw = raw(run, each);
    Latency again = own(run, 1, each);
    double mean = (one + again.perSecond()) / 2;
    run.row(
        new Row(
                "put, SYNCED, 1 caller; raw append and force",
                again.rateFigure(),
                raw.rateFigure(),
                mean / raw.perSecond())
            .reaching(Target.SYNCED_ONE));
    besideRocks(run, 1, each, again);
    besideRocks(run, 8, each * 2, own(run, 8, each * 2));
    Latency many = own(run, 64, each * 8);
    besideRocks(run, 64, each * 8, many);
    run.row(
        new Row(
                "put, SYNCED, 64 callers; 1 caller",
                Figure.rate(many.perSecond()),
                Figure.rate(mean),
                many.perSecond() / mean)
            .reaching(Target.SYNCED_MANY));
  }

  private static void besideRocks(Run run, int callers, int calls, Latency own) throws Exception {
    Latency baseline;
    try (RocksBaseline rocks = new RocksBaseline(run.directory("rocks"))) {
      Callers.share(callers, calls / 5, i -> rocks.putSynced(Keys.string(i % KEYS), Keys.value(i)));
      baseline =
          Callers.share(callers, calls, i -> rocks.putSynced(Keys.string(i % KEYS), Keys.value(i)));
    }
    Run.delete(run.directory("rocks"));
    run.row(
        new Row(
            Figure.format("put, SYNCED, %d callers; RocksDB with sync", callers),
            own.rateFigure(),
            baseline.rateFigure(),
            own.perSecond() / baseline.perSecond()));
  }

  private static Latency own(Run run, int callers, int calls) throws Exception {
    Latency latency;
    Schema schema = Schema.of(Keys.prefix(), Strategy.LWW_REGISTER);
    try (Tidemark store =
        Tidemark.open(
            run.directory("store"), schema, Settings.store().withDurability(Durability.SYNCED))) {
      Callers.share(callers, calls / 5, i -> set(store, i));
      latency = Callers.share(callers, calls, i -> set(store, i));
    }
    Run.delete(run.directory("store"));
    return latency;
  }

  private static void set(Tidemark store, int call) {
    store.lwwRegister(Keys.string(call % KEYS), Codec.bytes()).set(Keys.value(call));
  }

  private static Latency raw(Run run, int calls) throws Exception {
    Latency latency = new Latency();
    try (RawChronicle raw = new RawChronicle(run.directory("raw"))) {
      new Latency().time(calls / 5, i -> appendAndForce(raw, i));
      latency.time(calls, i -> appendAndForce(raw, i));
    }
    Run.delete(run.directory("raw"));
    return latency;
  }

  private static void appendAndForce(RawChronicle raw, int call) {
    try {
      raw.append(Bytes.wrapForRead(Keys.value(call)));
      raw.force();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
