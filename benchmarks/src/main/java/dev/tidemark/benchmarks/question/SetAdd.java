package dev.tidemark.benchmarks.question;

import dev.tidemark.Tidemark;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Latency;
import dev.tidemark.benchmarks.harness.Row;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Settings;
import dev.tidemark.benchmarks.harness.Target;
import dev.tidemark.benchmarks.peer.PekkoSet;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.type.Durability;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Question: what does one more element of an or-set cost, beside a CRDT store of whole states?
 *
 * <p>Workload: sets of 10^2, 10^4 and 10^6 elements of 12 bytes, folded and flushed; adds of new
 * elements by one thread, in 20 rounds over the sizes, each with a fresh set of 10^2: BUFFERED and
 * then SYNCED. The first 5 rounds do not count.
 *
 * <p>Baseline: Apache Pekko Distributed Data, one node, durable keys in LMDB, an {@code ORSet} of
 * the same elements, each add awaited: flushed one by one beside SYNCED, written behind every 200
 * ms beside BUFFERED; not at 10^6 elements. The ratio is of times of an add, Pekko to the store: of
 * medians where each add is flushed, of means where writing comes behind, since no median shows
 * that.
 */
public final class SetAdd implements Benchmark {
  private static final int WARM_UP = 5;
  private static final int BATCH = 1_000;

  /** The first sizes: Pekko sends and stores a set as a whole. */
  private static final int COMPARED = 2;

  @Override
  public String name() {
    return "set-add";
  }

  @Override
  public String question() {
    return "what does one more element of an or-set cost, beside Pekko?";
  }

  @Override
  public String unfairness() {
    return "to Pekko: it is made for small states that a cluster spreads in memory, and durability is"
        + " its addition; it answers through actors, which is most of its time at 100 elements; to"
        + " the store: Pekko's write-behind acknowledges before anything is written, BUFFERED does"
        + " after it is in the log";
  }

  @Override
  public Set<Target> targets() {
    return EnumSet.of(Target.SET_FLAT, Target.SET_SYNCED, Target.SET_BUFFERED);
  }

  @Override
  public void run(Run run) throws Exception {
    List<Integer> sizes =
        List.of(100, run.size(10_000, 10_000, 200), run.size(1_000_000, 50_000, 300));
    int rounds = run.size(20, 10, 1);
    List<Latency> buffered = own(run, Durability.BUFFERED, sizes, rounds, run.size(200, 100, 5));
    flat(run, sizes, buffered);
    List<Latency> synced = own(run, Durability.SYNCED, sizes, rounds, run.size(100, 30, 2));
    beside(run, sizes, synced, PekkoSet.FLUSHED, "flush per update", Target.SET_SYNCED);
    beside(run, sizes, buffered, PekkoSet.WRITE_BEHIND, "write-behind", Target.SET_BUFFERED);
  }

  private static List<Latency> own(
      Run run, Durability durability, List<Integer> sizes, int rounds, int adds) throws Exception {
    List<Latency> latencies = new ArrayList<>();
    Schema schema = Schema.of("set:", Strategy.OR_SET);
    try (Tidemark store = Tidemark.open(run.directory("store"), schema, Settings.store())) {
      for (int size : sizes) {
        latencies.add(new Latency());
        fill(store, "set:" + size, size);
      }
      for (int round = 0; round < rounds + WARM_UP; round++) {
        fill(store, "set:small-" + round, sizes.get(0));
        store.flush();
        for (int i = 0; i < sizes.size(); i++) {
          String key = i == 0 ? "set:small-" + round : "set:" + sizes.get(i);
          String[] added = elements(sizes.get(i) + (i == 0 ? 0 : round * adds), adds);
          Latency latency = round < WARM_UP ? new Latency() : latencies.get(i);
          latency.time(
              adds, add -> store.orSet(key, Codec.utf8()).with(durability).add(added[add]));
        }
      }
    }
    Run.delete(run.directory("store"));
    return latencies;
  }

  private static void fill(Tidemark store, String key, int size) {
    for (int from = 0; from < size; from += BATCH) {
      int first = from;
      store.commit(
          batch -> {
            for (int i = first; i < Math.min(first + BATCH, size); i++) {
              batch.orSet(key, Codec.utf8()).add(element(i));
            }
          });
    }
  }

  private static String element(int number) {
    return Figure.format("element%05d", number);
  }

  /** Made before the clock runs. */
  private static String[] elements(int first, int count) {
    return IntStream.range(first, first + count).mapToObj(SetAdd::element).toArray(String[]::new);
  }

  private static void flat(Run run, List<Integer> sizes, List<Latency> latencies) {
    for (int i = 0; i < sizes.size(); i++) {
      run.row(
          Row.of(Figure.format("add at %,d, BUFFERED", sizes.get(i)), latencies.get(i).figure()));
    }
    Comparator<Latency> byMedian = Comparator.comparingDouble(Latency::medianMicros);
    Latency greatest = latencies.stream().max(byMedian).orElseThrow();
    Latency least = latencies.stream().min(byMedian).orElseThrow();
    run.row(
        new Row(
                "add: greatest / least",
                greatest.figure(),
                least.figure(),
                greatest.medianMicros() / least.medianMicros())
            .reaching(Target.SET_FLAT));
  }

  private static void beside(
      Run run,
      List<Integer> sizes,
      List<Latency> own,
      String writeBehind,
      String words,
      Target target)
      throws Exception {
    try (PekkoSet pekko = new PekkoSet(run.directory("pekko"), writeBehind)) {
      for (int i = 0; i < COMPARED; i++) {
        int size = sizes.get(i);
        boolean flushed = target == Target.SET_SYNCED;
        int adds = flushed ? run.size(100_000, 10_000, 200) / size : run.size(5_000, 1_000, 5);
        Latency latency = pekko(pekko, size, Math.max(run.size(100, 20, 2), adds));
        double ratio =
            flushed
                ? latency.medianMicros() / own.get(i).medianMicros()
                : own.get(i).perSecond() / latency.perSecond();
        Row row =
            new Row(
                Figure.format("add at %,d; Pekko, %s", size, words),
                own.get(i).rateFigure(),
                latency.rateFigure(),
                ratio);
        run.row(i == 1 ? row.reaching(target) : row);
      }
    }
    Run.delete(run.directory("pekko"));
  }

  /** Adds to one set after the other, none of which grows by half; the first do not count. */
  private static Latency pekko(PekkoSet pekko, int size, int adds) {
    Latency latency = new Latency();
    int perSet = Math.min(adds, size / 2);
    String[] added = elements(size, perSet);
    for (int made = -adds / 2; made < adds; made += perSet) {
      String key = "set-" + size + "/" + made;
      pekko.fill(key, size, SetAdd::element);
      Latency counted = made < 0 ? new Latency() : latency;
      counted.time(perSet, add -> pekko.add(key, added[add]));
    }
    return latency;
  }
}
