package dev.tidemark.benchmarks.question;

import dev.tidemark.benchmarks.harness.Benchmark;
import dev.tidemark.benchmarks.harness.Run;
import dev.tidemark.benchmarks.harness.Target;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongUnaryOperator;

/**
 * Question: how fast does a log of register sets fold?
 *
 * <p>Workload: 10,000,000 sets of 100-byte values to lww-registers under 1,000,000 keys at random,
 * a commit each, folded to one segment by one call, in a heap of 256 MiB.
 *
 * <p>Baseline: reading the log once. The ratio is of times, limit to store.
 */
public final class Fold implements Benchmark {
  @Override
  public String name() {
    return "fold";
  }

  @Override
  public String question() {
    return "how fast does a log of register sets fold?";
  }

  @Override
  public String unfairness() {
    return "to the store: reading looks at nothing; to nobody: the log is in the page cache";
  }

  @Override
  public Set<Target> targets() {
    return EnumSet.of(Target.FOLD);
  }

  @Override
  public List<String> jvmOptions() {
    return LogFold.JVM_OPTIONS;
  }

  @Override
  public void run(Run run) throws Exception {
    LongUnaryOperator choice = Keys.uniform(run.size(1_000_000, 100_000, 100));
    LogFold.Folded folded =
        LogFold.run(
            run,
            Schema.of(Keys.prefix(), Strategy.LWW_REGISTER),
            "sets of registers",
            run.size(10_000_000, 500_000, 1_000),
            (batch, i) ->
                batch.update(
                    Keys.string(choice.applyAsLong(i)),
                    new Update.SetValue(Bytes.wrap(Keys.value(i)))));
    run.row(folded.row().reaching(Target.FOLD, folded.perSecond()));
  }
}
