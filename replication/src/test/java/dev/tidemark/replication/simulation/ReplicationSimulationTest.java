package dev.tidemark.replication.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemark.storage.fault.MemoryDirectory;
import dev.tidemark.storage.file.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clusters of real stores and real sessions over a network, disks and clocks that are simulated,
 * each in one thread: a seed is a history. An event is a frame that is delivered, an update, or a
 * fault or order of {@link Deed}; two of three are updates. In some histories stores hold only some
 * keys: drawn anew at each start, or what a ring gives them. A build plays the same 1,000,000
 * events each time, a night 30,000,000; one history for each core at a time. A run of minutes says
 * once a minute how far it is.
 *
 * <ul>
 *   <li>{@code -Dtidemark.simulation.seed=N} plays one seed again.
 *   <li>{@code -Dtidemark.simulation.events=N} plays as many: 100,000,000 take some two hours.
 *   <li>Both play as many, from that seed on: others than ever before.
 * </ul>
 */
class ReplicationSimulationTest {
  private static final boolean NIGHTLY = Boolean.getBoolean("tidemark.nightly");
  private static final @Nullable Long SEED = Long.getLong("tidemark.simulation.seed");
  private static final @Nullable Long ORDERED = Long.getLong("tidemark.simulation.events");
  private static final boolean SINGLE = SEED != null && ORDERED == null;
  private static final long EVENTS =
      Objects.requireNonNullElse(ORDERED, SINGLE ? 1L : NIGHTLY ? 30_000_000L : 1_000_000L);

  /** Three seeds, of three tempers, take about the same time each. */
  private static final long EVENTS_IN_A_STORM = 10_000;

  @TempDir(factory = MemoryDirectory.class)
  private Path parent;

  private World play(long seed, Breakage breakage, Tally tally, long events) throws IOException {
    Path root = Files.createTempDirectory(parent, "seed-" + seed + "-");
    Simulation simulation = new Simulation(seed, breakage, tally, root);
    try {
      simulation.play(events);
    } finally {
      Trees.delete(root);
    }
    return simulation.world;
  }

  @Test
  void whateverHappensNothingPromisedIsLostAndAllAgree() throws InterruptedException {
    Tally tally = new Tally();
    Headway headway = new Headway(tally);
    List<Callable<Void>> histories = new ArrayList<>();
    long seed = SEED == null ? 1 : SEED;
    for (long events = 0; events < EVENTS; seed++) {
      long of = seed;
      events += events(of);
      histories.add(() -> playOne(of, headway));
    }
    ExecutorService cores =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    List<Throwable> failures = new ArrayList<>();
    try {
      for (Future<Void> history : cores.invokeAll(histories)) {
        try {
          history.get();
        } catch (ExecutionException e) {
          failures.add(e.getCause());
        }
      }
    } finally {
      cores.shutdownNow();
      System.out.println("simulated: " + tally);
    }
    assertThat(failures).isEmpty();
    for (Deed deed : Deed.values()) {
      assertThat(SINGLE || deed.weight < 6 || tally.of(deed) > 0).as(deed.name()).isTrue();
    }
    assertThat(SINGLE || tally.states > 0).isTrue();
    assertThat(SINGLE || tally.widened > 0).isTrue();
  }

  /** What was told only to those that do not hold its key is lost with its maker, for all. */
  @Test
  void whatIsLostHasNoEffectAnywhere() throws IOException {
    Tally tally = new Tally();
    play(50_000_665, Breakage.NONE, tally, 8_000);
    assertThat(tally.lost).isPositive();
  }

  private Void playOne(long seed, Headway headway) throws IOException {
    Tally tally = new Tally();
    try {
      play(seed, Breakage.NONE, tally, events(seed));
    } catch (Throwable e) {
      // At once: the others play on, for hours at night.
      System.out.println("seed " + seed + " has failed:");
      e.printStackTrace(System.out);
      throw new AssertionError("seed=" + seed, e);
    } finally {
      headway.add(tally);
    }
    return null;
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
   * one that filled a segment had its commits forced whenever the store's own thread came to it;
   * two of thirty had a generation folded, and so forced, when the thread that does that was woken
   * late.
   */
  @ParameterizedTest
  @MethodSource("playedTwice")
  void aSeedIsOneHistory(long seed, long events) throws IOException {
    World once = play(seed, Breakage.NONE, new Tally(), events);
    World again = play(seed, Breakage.NONE, new Tally(), events);
    assertThat(again.story()).isEqualTo(once.story());
    assertThat(again.trace()).isEqualTo(once.trace());
  }

  static Stream<Arguments> playedTwice() {
    Stream<Arguments> few =
        Stream.of(Arguments.of(1, 4_000), Arguments.of(3, 16_000), Arguments.of(21, 4_000));
    return NIGHTLY
        ? LongStream.rangeClosed(1, 30).mapToObj(seed -> Arguments.of(seed, 40_000))
        : few;
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
