package dev.tidemark.benchmarks.question;

import dev.tidemark.Scan;
import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Figure;
import dev.tidemark.benchmarks.harness.Rounds;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Stopwatch;
import dev.tidemark.benchmarks.harness.Target;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Question: how fast does a walk over all keys give them with their values?
 *
 * <p>Workload: 1,000,000 lww-registers of 100 bytes, folded and flushed; {@code scan} over all, 7
 * times.
 *
 * <p>Baseline: an iterator of RocksDB over the same keys and values, each taken as an array, in the
 * same rounds. The ratio is of median rates.
 */
public final class ScanRate implements Benchmark {
  private static final int ROUNDS = 7;

  @Override
  public String name() {
    return "scan";
  }

  @Override
  public String question() {
    return "how fast are all keys walked over?";
  }

  @Override
  public String unfairness() {
    return "to the store: it gives keys as text, and walks a head beside each value";
  }

  @Override
  public Set<Target> targets() {
    return EnumSet.of(Target.SCAN);
  }

  @Override
  public void run(Run run) throws Exception {
    int keys = run.size(1_000_000, 100_000, 500);
    try (Loaded loaded = new Loaded(run, keys)) {
      Rounds rounds =
          Rounds.of(ROUNDS, List.of(round -> own(loaded, keys), round -> rocks(loaded, keys)));
      run.row(rounds.rates(Figure.format("scan of %,d keys", keys), 0, 1).reaching(Target.SCAN));
    }
  }

  private static double own(Loaded loaded, int keys) {
    Stopwatch watch = new Stopwatch();
    int found = 0;
    try (Scan scan = loaded.store.scan(Keys.prefix())) {
      while (scan.next() != null) {
        found++;
      }
    }
    double rate = watch.rate(keys);
    if (found != keys) {
      throw new IllegalStateException("scan found " + found + " of " + keys + " keys");
    }
    return rate;
  }

  private static double rocks(Loaded loaded, int keys) {
    Stopwatch watch = new Stopwatch();
    loaded.rocks.scan();
    return watch.rate(keys);
  }
}
