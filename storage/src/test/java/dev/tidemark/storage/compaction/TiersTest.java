package dev.tidemark.storage.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.storage.log.SegmentInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TiersTest {
  private static final long SEGMENT = 1_000;

  private final List<SegmentInfo> log = new ArrayList<>();
  private long number;
  private long rewritten;

  private void append(long bytes) {
    long position = log.size() + 1L;
    log.add(segment(position, bytes));
  }

  private SegmentInfo segment(long position, long bytes) {
    number++;
    return new SegmentInfo(
        number, SegmentInfo.Kind.RAW, position, position, 1, bytes, 0, List.of(), true);
  }

  /** Folds until it is not worth it; what comes out has a share of what went in. */
  private void settle(double share) {
    for (List<SegmentInfo> next = Tiers.next(log, SEGMENT);
        !next.isEmpty();
        next = Tiers.next(log, SEGMENT)) {
      assertThat(next).hasSizeBetween(Tiers.LEAST, Tiers.MOST);
      long bytes = next.stream().mapToLong(SegmentInfo::bytes).sum();
      rewritten += bytes;
      int at = log.indexOf(next.get(0));
      assertThat(log.subList(at, at + next.size())).isEqualTo(next);
      log.subList(at, at + next.size()).clear();
      log.add(at, segment(at, Math.max(1, (long) (bytes * share))));
    }
  }

  @Test
  void rewritesALogThatDoesNotShrinkAsOftenAsItCanDouble() {
    long appended = 0;
    for (int i = 0; i < 4_096; i++) {
      append(SEGMENT);
      appended += SEGMENT;
      settle(1);
    }
    double perByte = (double) rewritten / appended;
    System.out.printf("4,096 segments: %d left, rewritten %.2f times%n", log.size(), perByte);
    assertThat(perByte).isLessThan(12);
    assertThat(log).hasSizeLessThan(40);
  }

  @Test
  void keepsALogThatShrinksShort() {
    SplittableRandom random = new SplittableRandom(7);
    long appended = 0;
    for (int i = 0; i < 4_096; i++) {
      long bytes = 1 + random.nextLong(SEGMENT);
      append(bytes);
      appended += bytes;
      settle(0.01);
    }
    assertThat((double) rewritten / appended).isLessThan(3);
    assertThat(log).hasSizeLessThan(80);
  }

  @Test
  void leavesWhatIsSmallUntilThereIsEnoughOfIt() {
    for (int i = 0; i < Tiers.MOST - 1; i++) {
      append(1);
      assertThat(Tiers.next(log, SEGMENT)).isEmpty();
    }
    append(1);
    assertThat(Tiers.next(log, SEGMENT)).hasSize(Tiers.MOST);
  }

  @Test
  void doesNotRewriteALargeOneForSomeSmallOnes() {
    append(100 * SEGMENT);
    for (int i = 0; i < 10; i++) {
      append(SEGMENT);
    }
    assertThat(Tiers.next(log, SEGMENT)).isEqualTo(log.subList(1, 11));
  }
}
