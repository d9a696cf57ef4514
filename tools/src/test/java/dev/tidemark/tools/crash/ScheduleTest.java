package dev.tidemark.tools.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.storage.fault.CrashPoint;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static Stream<Kill> kills(RoundPlan plan) {
    return Stream.of(plan.firstOpens().stream(), Stream.of(plan.load()), plan.opens().stream())
        .flatMap(kills -> kills);
  }

  private static Set<Moment> aims(Schedule schedule, long rounds) {
    Set<Moment> aims = new HashSet<>();
    for (long round = 1; round <= rounds; round++) {
      RoundPlan plan = schedule.plan(round);
      if (plan.aim() != null) {
        assertThat(kills(plan).map(Kill::self)).contains(plan.aim());
        aims.add(plan.aim());
      }
    }
    return aims;
  }

  @Test
  void aimsAtEveryMomentOfEveryPointInTwiceAsManyRounds() {
    long rounds = 2L * Moment.all().size();

    assertThat(aims(new Schedule(4, null), rounds)).containsAll(Moment.all());
    long points = Arrays.stream(CrashPoint.values()).filter(p -> !Moment.isOfRuns(p)).count();
    assertThat(Moment.all()).hasSize((int) (2 * points));
  }

  @Test
  void aRoundFollowsFromSeedAndNumber() {
    List<RoundPlan> plans =
        LongStream.rangeClosed(1, 100).mapToObj(new Schedule(9, null)::plan).toList();

    assertThat(plans)
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, 100).mapToObj(new Schedule(9, null)::plan).toList());
    assertThat(plans.get(41)).isNotEqualTo(new Schedule(10, null).plan(42));
  }

  @Test
  void aPointThatIsAskedForIsAimedAtInEveryRound() {
    Schedule schedule = new Schedule(1, CrashPoint.RENAME);
    for (long round = 1; round <= 20; round++) {
      assertThat(schedule.plan(round).aim()).extracting(Moment::point).isEqualTo(CrashPoint.RENAME);
    }
  }

  @Test
  void roundsShareADirectoryByEight() {
    Schedule schedule = new Schedule(1, null);

    assertThat(LongStream.rangeClosed(1, 24).filter(round -> schedule.plan(round).fresh()))
        .containsExactly(1L, 9L, 17L);
    assertThat(Schedule.firstOfDirectory(16)).isEqualTo(9);
  }
}
