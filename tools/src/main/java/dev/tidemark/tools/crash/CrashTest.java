package dev.tidemark.tools.crash;

import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.tools.output.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Rounds of writing, killing and checking. */
public final class CrashTest {
  /**
   * A moment that was aimed at as often and never came is out of reach, which hides what is there.
   */
  private static final int ENOUGH_AIMS = 5;

  private final Path directory;
  private final long seed;
  private final Schedule schedule;
  private final CrashReport report = new CrashReport();
  private final Map<Moment, Integer> aims = new HashMap<>();

  /** The steps that it can aim at. */
  public static List<CrashPoint> points() {
    return Moment.all().stream().map(Moment::point).distinct().toList();
  }

  /**
   * A test in a directory that is there.
   *
   * @param point the only step to aim at, or null for all
   */
  public CrashTest(Path directory, long seed, @Nullable CrashPoint point) {
    this.directory = directory;
    this.seed = seed;
    this.schedule = new Schedule(seed, point);
  }

  /** The first round that shares its directory with this one. */
  public static long firstOfDirectory(long round) {
    return Schedule.firstOfDirectory(round);
  }

  /**
   * Runs rounds; ends with the first that fails, whose directory is kept.
   *
   * @param first the number of the first; a directory's first, to see what was seen before
   * @param onRound is told after each
   */
  public CrashReport run(long first, long rounds, Consumer<CrashReport> onRound)
      throws IOException, InterruptedException {
    ChildJvm jvm = new ChildJvm(directory);
    Path place = null;
    Chain chain = null;
    for (long round = first; round < first + rounds; round++) {
      RoundPlan plan = schedule.plan(round);
      if (chain == null || plan.fresh()) {
        if (place != null) {
          Directories.delete(place);
        }
        place = Files.createDirectory(directory.resolve("from-round-" + round));
        chain = new Chain(place, jvm, report);
      }
      if (plan.aim() != null) {
        aims.merge(plan.aim(), 1, Integer::sum);
      }
      String failure = chain.run(plan);
      report.ended();
      onRound.accept(report);
      if (failure != null) {
        report.failed(
            "round " + round + " of seed " + seed + ": " + failure + "; " + plan + " in " + place);
        return report;
      }
    }
    if (place != null) {
      Directories.delete(place);
    }
    judgeReach();
    return report;
  }

  private void judgeReach() {
    aims.forEach(
        (moment, count) -> {
          if (count >= ENOUGH_AIMS && !report.kills().containsKey(moment.toString())) {
            report.failed("moment " + moment + " was aimed at " + count + " times and never came");
          }
        });
  }
}
