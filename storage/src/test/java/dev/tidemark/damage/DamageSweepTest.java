package dev.tidemark.damage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.damage.Ending.Outcome;
import dev.tidemark.storage.file.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Every file of every kind of store is damaged in every way that a single damage has. A try that
 * fails prints its store and seed; the same seed makes the same damage again.
 */
class DamageSweepTest {
  /** Per kind of store, of which there are seven. */
  private static final int ROUNDS =
      Integer.getInteger("tidemark.sweep", Boolean.getBoolean("tidemark.nightly") ? 1500 : 26);

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
      for (int round = 0; round < ROUNDS; round++) {
        for (int kind = 0; kind < templates.size(); kind++) {
          try {
            sweep.run(templates.get(kind), SEEDS_PER_KIND * kind + round);
          } catch (AssertionError e) {
            wrong.add(e.getMessage());
          }
        }
      }
      System.out.println("damages: " + ROUNDS * templates.size() + ", " + sweep.counts());
      assertThat(wrong).isEmpty();
      // The third, a torn tail, is drawn too seldom to be counted on here: see KnownPlacesTest.
      assertThat(sweep.counts())
          .as("else it tests less than it says")
          .containsKeys(Outcome.EXACT_RECOVERY.name(), Outcome.EXACT_ERROR.name());
    }
  }
}
