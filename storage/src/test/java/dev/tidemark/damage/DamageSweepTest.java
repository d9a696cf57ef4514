package dev.tidemark.damage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every file of every kind of store is damaged in every way that one damage has. */
class DamageSweepTest {
  private static final int ROUNDS =
      Integer.getInteger("tidemark.sweep", Boolean.getBoolean("tidemark.nightly") ? 1500 : 40);

  private final Path room = Room.make();

  @AfterEach
  void remove() {
    Trees.delete(room);
  }

  @Test
  void endsInExactRecoveryAnExactErrorOrANamedLoss() throws Exception {
    List<Template> templates = Templates.make(room.resolve("templates"));
    List<String> wrong = new ArrayList<>();
    try (Sweep sweep = new Sweep(room)) {
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < templates.size(); i++) {
          try {
            sweep.run(templates.get(i), 1_000_000L * i + round);
          } catch (AssertionError e) {
            wrong.add(e.getMessage());
            e.printStackTrace();
          }
        }
      }
      System.out.println(sweep);
    }
    assertThat(wrong).isEmpty();
  }
}
