package dev.tidemark.tools.crash;

import dev.tidemark.storage.fault.CrashPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What happens in which round: a pure function of the seed and the round's number. Every second
 * round aims at a moment, one after the other, so that all are met; in the others the kill falls
 * anywhere. Rounds share a directory, so that recovery meets what recovery has left.
 */
final class Schedule {
  /** How many rounds share a directory. */
  static final int ROUNDS_PER_DIRECTORY = 8;

  private static final long LATEST_KILL_MILLIS = 1000;
  private static final long LATEST_START_KILL_MILLIS = 600;
  private static final int MOST_NESTED = 3;
  private static final int COMMITS_BEFORE_CLOSE = 60;

  private static final List<Moment> MOMENTS = Moment.all();

  /** Those that an open comes to behind a kill, and without anything else having happened. */
  private static final List<Moment> NESTED =
      MOMENTS.stream().filter(moment -> moment.mishap() == Mishap.NONE).toList();

  private final long seed;
  private final List<Moment> aims;
  private final boolean aimsAlways;

  /** All moments, or those of one point in every round. */
  Schedule(long seed, @Nullable CrashPoint point) {
    this.seed = seed;
    this.aimsAlways = point != null;
    this.aims =
        point == null
            ? MOMENTS
            : MOMENTS.stream().filter(moment -> moment.point() == point).toList();
  }

  /** The first round that shares its directory with this one. */
  static long firstOfDirectory(long round) {
    return round - (round - 1) % ROUNDS_PER_DIRECTORY;
  }

  /** A round. */
  RoundPlan plan(long round) {
    SplittableRandom random = new SplittableRandom(new SplittableRandom(seed).nextLong() + round);
    Moment aim = aim(round);
    Kill load = anywhere(random);
    Mishap mishap = Mishap.NONE;
    List<Kill> firstOpens = new ArrayList<>();
    List<Kill> opens = new ArrayList<>();
    if (aim == null) {
      nest(opens, random);
    } else if (aim.mishap() != Mishap.NONE) {
      mishap = aim.mishap();
      firstOpens.add(at(aim, random));
    } else if (aim.isInRecovery()) {
      // Something has to be left to recover.
      load = new Kill.WhileWriting(50 + random.nextInt(200));
      opens.add(at(aim, random));
      nest(opens, random);
    } else {
      load = at(aim, random);
    }
    boolean closes = aim != null && aim.point() == CrashPoint.CLOSE;
    return new RoundPlan(
        round,
        firstOfDirectory(round) == round,
        aim,
        mishap,
        List.copyOf(firstOpens),
        load,
        closes ? COMMITS_BEFORE_CLOSE : 0,
        List.copyOf(opens),
        random.nextLong(),
        1 + random.nextInt(4));
  }

  private @Nullable Moment aim(long round) {
    if (aimsAlways) {
      return aims.get((int) (round % aims.size()));
    }
    return round % 2 == 0 ? aims.get((int) (round / 2 % aims.size())) : null;
  }

  private static Kill anywhere(SplittableRandom random) {
    return random.nextInt(5) == 0
        ? new Kill.AfterStart(1 + random.nextLong(LATEST_START_KILL_MILLIS))
        : new Kill.WhileWriting(5 + random.nextLong(LATEST_KILL_MILLIS));
  }

  /** In a fourth of the rounds the open is killed too, and the one after that, and so on. */
  private static void nest(List<Kill> opens, SplittableRandom random) {
    if (random.nextInt(4) == 0) {
      int count = 1 + random.nextInt(MOST_NESTED);
      for (int i = 0; i < count; i++) {
        opens.add(at(NESTED.get(random.nextInt(NESTED.size())), random));
      }
    }
  }

  /** Early hits are likelier: a late one may not come. */
  private static Kill at(Moment moment, SplittableRandom random) {
    return new Kill.AtMoment(moment, 1 + random.nextInt(1 + random.nextInt(moment.mostHits())));
  }
}
