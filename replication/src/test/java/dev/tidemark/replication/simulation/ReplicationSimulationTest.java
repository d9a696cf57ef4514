package dev.tidemark.replication.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemark.storage.fault.MemoryDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clusters of real stores and real sessions over a network, disks and clocks that are simulated, in
 * one thread: a seed is a history. Of thirty of 40,000 events each, two have come out otherwise
 * once, on a machine that was busy in another way; the rest were the same. An event is a frame that
 * is delivered, an update, or a fault or order of {@link Deed}; two of three are updates. One core
 * plays some 12,000 a second: 4,000 where nodes are shaken as often as links are, up to 20,000 in
 * calm. To play one seed again: {@code -Dtidemark.simulation.seed=N}.
 */
class ReplicationSimulationTest {
  private static final boolean NIGHTLY = Boolean.getBoolean("tidemark.nightly");
  private static final long EVENTS = NIGHTLY ? 30_000_000 : 420_000;

  /** Three seeds, of three tempers, take about the same time each. */
  private static final long EVENTS_IN_A_STORM = 20_000;

  @TempDir(factory = MemoryDirectory.class)
  private Path parent;

  private World play(long seed, Breakage breakage, Tally tally, long events) throws IOException {
    Path root = Files.createTempDirectory(parent, "seed-" + seed + "-");
    Simulation simulation = new Simulation(seed, breakage, tally, root);
    try {
      simulation.play(events);
    } finally {
      dev.tidemark.storage.file.Trees.delete(root);
    }
    return simulation.world;
  }

  @Test
  void whateverHappensNothingPromisedIsLostAndAllAgree() throws IOException {
    Tally tally = new Tally();
    Long only = Long.getLong("tidemark.simulation.seed");
    long seed = only == null ? 1 : only;
    try {
      do {
        play(seed, Breakage.NONE, tally, events(seed));
        seed++;
      } while (only == null && tally.events < EVENTS);
    } finally {
      System.out.println("simulated: " + tally);
    }
    for (Deed deed : Deed.values()) {
      assertThat(only != null || deed.weight < 6 || tally.of(deed) > 0).as(deed.name()).isTrue();
    }
    assertThat(only != null || tally.states > 0).isTrue();
  }

  private static long events(long seed) {
    return switch (Simulation.calm(seed)) {
      case 1 -> EVENTS_IN_A_STORM;
      case 4 -> 2 * EVENTS_IN_A_STORM;
      default -> 4 * EVENTS_IN_A_STORM;
    };
  }

  /**
   * One that ended several sessions at once ended them in the order in which they lay in memory;
   * one that filled a segment had its commits forced whenever the store's own thread came to it.
   */
  @ParameterizedTest
  @CsvSource({"1, 5000", "3, 20000"})
  void aSeedIsOneHistory(long seed, long events) throws IOException {
    World once = play(seed, Breakage.NONE, new Tally(), events);
    World again = play(seed, Breakage.NONE, new Tally(), events);
    assertThat(again.story()).isEqualTo(once.story());
    assertThat(again.trace()).isEqualTo(once.trace());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void findsFaultsThatAreMadeOnPurpose(Breakage breakage) {
    Invariant.Violation found = null;
    for (long seed = 1; found == null && seed <= 20; seed++) {
      long of = seed;
      found =
          catchThrowableOfType(
              Invariant.Violation.class, () -> play(of, breakage, new Tally(), 5_000));
    }
    assertThat(found).isNotNull();
    // By what it breaks, and not by something else that the seed brings about.
    assertThat(found.of()).as("%s", found).isEqualTo(breakage.breaks());
  }
}
