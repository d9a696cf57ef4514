package dev.tidemark.damage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.damage.Ending.Outcome;
import dev.tidemark.storage.file.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Every file of every kind of store is damaged in every way that a single damage has. A try that
 * fails prints its store and seed; {@code -Dtidemark.sweep.seed} makes the same damage again.
 */
class DamageSweepTest {
  /** Per kind of store, of which there are seven. */
  private static final int ROUNDS =
      Integer.getInteger("tidemark.sweep", Boolean.getBoolean("tidemark.nightly") ? 1500 : 26);

  private static final int ROUNDS_THAT_MEET_ALL = 150;
  private static final long SEEDS_PER_KIND = 1_000_000;

  private final Path room = Room.make();

  @AfterEach
  void remove() {
    Trees.delete(room);
  }

  @Test
  void endsInExactRecoveryAnExactErrorOrANamedLossAndInNothingElse() throws IOException {
    List<Template> templates = Templates.make(room.resolve("templates"));
    List<String> wrong = new ArrayList<>();
    try (Sweep sweep = new Sweep(room)) {
      for (long seed : seeds(templates.size())) {
        try {
          sweep.run(templates.get((int) (seed / SEEDS_PER_KIND)), seed);
        } catch (AssertionError e) {
          wrong.add(e.getMessage());
        }
      }
      System.out.println("damages by outcome: " + sweep.counts());
      System.out.println("damages by place: " + sweep.touched());
      assertThat(wrong).isEmpty();
      // Fewer may miss the torn tails, which KnownPlacesTest makes one by one.
      if (ROUNDS >= ROUNDS_THAT_MEET_ALL && Long.getLong("tidemark.sweep.seed") == null) {
        assertThat(sweep.counts())
            .as("else it tests less than it says")
            .containsKeys(
                Outcome.EXACT_RECOVERY.name(),
                Outcome.EXACT_ERROR.name(),
                Outcome.NAMED_LOSS.name());
      }
    }
  }

  private static long[] seeds(int kinds) {
    Long one = Long.getLong("tidemark.sweep.seed");
    return one != null
        ? new long[] {one}
        : IntStream.range(0, ROUNDS * kinds)
            .mapToLong(i -> SEEDS_PER_KIND * (i % kinds) + i / kinds)
            .toArray();
  }
}
