package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.type.JournalEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A wall clock that is set while the store is closed, or that stands still. Case T1 of the fault
 * matrix: a queue that named its files by the clock wrote to an earlier file when it was set back,
 * and its readers saw 5 entries of 15.
 */
class JumpingClockTest {
  private static final Schema SCHEMA = Schema.of("journal:", Strategy.JOURNAL);
  private static final long NOW = 1_800_000_000_000L;
  private static final int EVENTS = 20;

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private long wall = NOW;
  private int written;

  private Tidemark open() {
    Options options = Options.defaults().withClock(() -> wall).withSegmentBytes(64 << 10);
    return audit.open(dir, SCHEMA, options);
  }

  /** Gives the events of a store that was opened and written to once more. */
  private List<JournalEvent<Long>> session() {
    try (Tidemark store = open()) {
      for (int i = 0; i < EVENTS; i++) {
        store.journal("journal:all", Codec.int64()).append((long) written);
        store.lwwRegister("last", Codec.int64()).set((long) written);
        assertThat(store.lwwRegister("last", Codec.int64()).get()).contains((long) written);
        written++;
      }
      return store.journal("journal:all", Codec.int64()).events();
    }
  }

  /** In the order they were written, at ever greater stamps. */
  private void expectInOrder(List<JournalEvent<Long>> events) {
    assertThat(events).hasSize(written);
    for (int i = 0; i < written; i++) {
      assertThat(events.get(i).event()).isEqualTo(i);
      assertThat(i == 0 || events.get(i).stamp() > events.get(i - 1).stamp()).isTrue();
    }
  }

  private List<String> segmentNames() throws IOException {
    try (Stream<Path> tree = Files.walk(new StoreFiles(dir).log())) {
      return tree.filter(path -> path.toString().endsWith(".cq4"))
          .map(path -> dir.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void stampsGoOnUpwardsWhereverTheClockJumps() throws IOException {
    long twoDays = Duration.ofDays(2).toMillis();
    long tenYears = Duration.ofDays(3_652).toMillis();
    for (long jump : new long[] {0, -twoDays, 3_600_000, tenYears, -tenYears, 0, -NOW, NOW}) {
      wall += jump;
      expectInOrder(session());
    }
    String segment = "log/%016d/19700101S.cq4";
    assertThat(segmentNames())
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 8)
                .mapToObj(number -> String.format(Locale.ROOT, segment, number))
                .toList());
  }

  /** More operations in one millisecond than a stamp can count in it: the count carries over. */
  @Test
  void stampsGoOnUpwardsWhileTheClockStandsStill() {
    int commits = 80;
    int operations = 1_000;
    long before;
    try (Tidemark store = open()) {
      for (int commit = 0; commit < commits; commit++) {
        store.commit(
            batch -> {
              for (int i = 0; i < operations; i++) {
                batch.lwwRegister("k" + i, Codec.int64()).set((long) i);
              }
            });
      }
      before = store.status().clock();
      assertThat(before >>> 16).isGreaterThan(NOW);
    }
    expectInOrder(session());
    try (Tidemark store = open()) {
      assertThat(store.status().clock()).isEqualTo(before + 2 * EVENTS);
    }
  }
}
