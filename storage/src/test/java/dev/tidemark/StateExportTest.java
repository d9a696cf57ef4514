package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.handover.StateExport;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** States with keys that are larger than what anybody holds in memory at once. */
class StateExportTest {
  private static final String SET = EveryStrategy.key(Strategy.OR_SET, 0);
  private static final String MAP = EveryStrategy.key(Strategy.LWW_MAP, 0);
  private static final int ELEMENTS = 12_000;
  private static final String PADDING = "x".repeat(200);
  private static final int LARGEST_PIECE = (1 << 20) + (1 << 16);

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private Tidemark from;
  private Tidemark to;

  @BeforeEach
  void open() {
    from = open("from", 1);
    to = open("to", 2);
    fill(from, 0);
    from.flush();
  }

  private Tidemark open(String name, long replica) {
    return audit.open(
        dir.resolve(name),
        EveryStrategy.SCHEMA,
        Options.defaults().withReplicaId(replica).withClock(() -> 1_000_000 + 1_000 * replica));
  }

  private static void fill(Tidemark store, int first) {
    for (int begin = first; begin < first + ELEMENTS; begin += 500) {
      int at = begin;
      store.commit(
          batch -> {
            for (int i = at; i < at + 500; i++) {
              batch.orSet(SET, Codec.utf8()).add(element(i));
              batch.lwwMap(MAP, Codec.utf8(), Codec.utf8()).put(element(i), "v" + i);
            }
          });
    }
  }

  private static String element(int number) {
    return String.format("%08d", number) + PADDING;
  }

  private static void take(Tidemark from, Tidemark to) {
    try (StateExport state = from.export()) {
      to.accept(state, from.replicaId());
    }
  }

  private void expectEqual() {
    from.close();
    to.close();
    assertThat(Digests.of(dir.resolve("to"))).isEqualTo(Digests.of(dir.resolve("from")));
  }

  @Test
  void cutsLargeKeysIntoPartsThatLeaveNothingOut() {
    try (StateExport state = from.export()) {
      List<RunRecord> parts = new ArrayList<>();
      RunRecords records = state.records();
      for (RunRecord next = records.next(); next != null; next = records.next()) {
        if (next.key().toUtf8().equals(SET)) {
          parts.add(next);
        }
      }
      assertThat(parts).hasSizeGreaterThan(2);
      assertThat(parts).allMatch(part -> part.delta().toByteArray().length < LARGEST_PIECE);
      assertThat(parts.get(0).part().range().from().length()).isZero();
      for (int i = 1; i < parts.size(); i++) {
        assertThat(parts.get(i).part().range().from())
            .isEqualTo(parts.get(i - 1).part().range().to());
        assertThat(parts.get(i - 1).part().last()).isFalse();
      }
      assertThat(parts.get(parts.size() - 1).part().last()).isTrue();
      assertThat(parts.get(parts.size() - 1).part().range().to()).isNull();
      assertThat(parts.stream().mapToInt(part -> part.delta().cells().size()).sum())
          .isEqualTo(ELEMENTS);
    }
  }

  @Test
  void givesAnEmptyStoreTheSameCellsAndCounts() {
    take(from, to);
    assertThat(to.orSet(SET, Codec.utf8()).size()).isEqualTo(ELEMENTS);
    expectEqual();
  }

  /** What is absent in the parts was removed there; what they do not know was added here. */
  @Test
  void joinsLargeKeysThatBothSidesHaveChanged() {
    take(from, to);
    from.commit(
        batch -> {
          for (int i = 0; i < ELEMENTS; i += 7) {
            batch.orSet(SET, Codec.utf8()).remove(element(i));
          }
        });
    to.commit(
        batch -> {
          for (int i = 0; i < ELEMENTS; i += 21) {
            batch.orSet(SET, Codec.utf8()).add(element(i));
          }
        });
    from.key(MAP).update(new Update.Delete());
    to.lwwMap(MAP, Codec.utf8(), Codec.utf8()).put("late", "v");
    from.flush();
    to.flush();

    take(from, to);
    to.flush();
    take(to, from);
    assertThat(to.orSet(SET, Codec.utf8()).size())
        .isEqualTo(ELEMENTS - (ELEMENTS + 6) / 7 + (ELEMENTS + 20) / 21);
    assertThat(to.lwwMap(MAP, Codec.utf8(), Codec.utf8()).entries())
        .containsExactly(Map.entry("late", "v"));
    expectEqual();
  }

  @Test
  void showsOneMomentWhileUpdatesGoOn() {
    try (StateExport state = from.export()) {
      RunRecords records = state.records();
      from.orSet(SET, Codec.utf8()).add("late");
      from.flush();
      int cells = 0;
      for (RunRecord next = records.next(); next != null; next = records.next()) {
        cells += next.key().toUtf8().equals(SET) ? next.delta().cells().size() : 0;
      }
      assertThat(cells).isEqualTo(ELEMENTS);
      assertThat(state.position()).isLessThan(from.status().appliedPosition());
      to.accept(state, from.replicaId());
    }
    try (Exchange exchange = new Exchange(from, to)) {
      assertThat(exchange.pull()).isEqualTo(1);
    }
    expectEqual();
  }
}
