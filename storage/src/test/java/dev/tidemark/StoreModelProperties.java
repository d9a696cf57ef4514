package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.type.KeyAccess;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/** One store under everything that may happen to it, against a model of it in memory. */
class StoreModelProperties {
  private static final long REPLICA = -7;
  private static final long NOW = 1_000_000;
  private static final int MANY = 1_500;

  /** What happens next, and four numbers that say to what. */
  record Step(Kind kind, Strategy strategy, int key, int verb, int item, int value) {
    String name() {
      return EveryStrategy.key(strategy, key);
    }

    Update update() {
      return EveryStrategy.update(strategy, verb, item, value);
    }
  }

  enum Kind {
    UPDATE,
    BATCH,
    BROKEN_BATCH,
    FILL,
    READ,
    READ_ELEMENTS,
    OPEN_SCAN,
    PAGE,
    FLUSH,
    ROLL,
    SYNC,
    RESTART
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Kind> kinds =
        Arbitraries.frequencyOf(
            Tuple.of(30, Arbitraries.just(Kind.UPDATE)), Tuple.of(20, Arbitraries.of(Kind.class)));
    return Combinators.combine(
            kinds,
            Arbitraries.of(Strategy.class),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 23),
            Arbitraries.integers().between(0, 5),
            Arbitraries.integers().between(0, 40))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(120);
  }

  @Property(tries = 20, shrinking = ShrinkingMode.BOUNDED)
  void readsWhatTheModelReads(@ForAll("steps") List<Step> steps) throws Exception {
    Path directory = Scratch.directory();
    try (Run run = new Run(directory)) {
      for (int i = 0; i < steps.size(); i++) {
        run.step(steps, i);
      }
      run.compareAll();
    }
    StoreAudit.check(directory);
    Scratch.delete(directory);
  }

  /** A store, its model, and the scans that are open. */
  private static final class Run implements AutoCloseable {
    private final Path directory;
    private final Options options =
        Options.defaults()
            .withReplicaId(REPLICA)
            .withClock(() -> NOW)
            .withOverlayBytes(64 << 10)
            .withSegmentBytes(64 << 10)
            .withCacheBytes(4 << 20);
    private final StoreModel model = new StoreModel(REPLICA, NOW);
    private final Deque<Scanning> scans = new ArrayDeque<>();
    private Tidemark store;

    Run(Path directory) {
      this.directory = directory;
      this.store = open();
    }

    private Tidemark open() {
      return Tidemark.open(directory, EveryStrategy.SCHEMA, options);
    }

    void step(List<Step> steps, int index) {
      Step step = steps.get(index);
      switch (step.kind()) {
        case UPDATE -> {
          store.update(step.name(), step.update());
          model.update(step.name(), step.update());
        }
        case BATCH -> batch(steps.subList(index, Math.min(steps.size(), index + 5)));
        case BROKEN_BATCH -> brokenBatch(step);
        case FILL -> fill(step);
        case READ -> compare(step.name());
        case READ_ELEMENTS -> compareElements(step);
        case OPEN_SCAN -> scans.add(new Scanning(step));
        case PAGE -> page();
        case FLUSH -> store.flush();
        case ROLL -> store.roll();
        case SYNC -> store.sync();
        case RESTART -> restart();
      }
    }

    private void batch(List<Step> steps) {
      StoreModel.Commit commit = model.begin();
      store.commit(
          batch -> {
            for (Step step : steps) {
              batch.update(step.name(), step.update());
              commit.update(step.name(), step.update());
              assertThat(batch.value(step.name())).isEqualTo(commit.value(step.name()));
            }
            Step first = steps.get(0);
            assertThat(batch.value(first.name())).isEqualTo(commit.value(first.name()));
          });
      commit.finish();
    }

    private void brokenBatch(Step step) {
      RuntimeException mine = new RuntimeException("given up");
      long before = store.status().appendedPosition();
      assertThatThrownBy(
              () ->
                  store.commit(
                      batch -> {
                        batch.update(step.name(), step.update());
                        throw mine;
                      }))
          .isSameAs(mine);
      assertThat(store.status().appendedPosition()).isEqualTo(before);
    }

    /** Many elements under one key, so that what sweeps it has something to sweep. */
    private void fill(Step step) {
      String key = EveryStrategy.key(Strategy.OR_SET, step.key());
      StoreModel.Commit commit = model.begin();
      store.commit(
          batch -> {
            for (int i = 0; i < MANY; i++) {
              Update add = new Update.Add(Bytes.utf8("e" + i));
              batch.update(key, add);
              commit.update(key, add);
            }
          });
      commit.finish();
      compare(key);
    }

    private void restart() {
      scans.forEach(Scanning::close);
      scans.clear();
      store.close();
      store = open();
    }

    private void page() {
      Scanning scan = scans.poll();
      if (scan != null && scan.page()) {
        scans.add(scan);
      }
    }

    void compareAll() {
      scans.forEach(Scanning::finish);
      scans.clear();
      for (Strategy strategy : Strategy.values()) {
        for (int key = 0; key <= 2; key++) {
          compare(EveryStrategy.key(strategy, key));
        }
      }
    }

    private void compare(String name) {
      KeyAccess key = store.key(name);
      assertThat(store.value(name)).isEqualTo(model.value(name));
      assertThat(key.read(CellRange.ALL, StoreAudit::whole)).isEqualTo(model.whole(name));
      assertThat(key.liveCells()).isEqualTo(model.liveCells(name));
      byte[] head = key.read(CellRange.NONE, KeyView::head);
      assertThat(head).isEqualTo(model.whole(name).head());
    }

    /** A range and a single cell, which are read without the rest. */
    private void compareElements(Step step) {
      KeyAccess key = store.key(step.name());
      var whole = model.whole(step.name());
      CellRange range =
          new CellRange(Bytes.utf8("e" + step.item() % 6), Bytes.utf8("e" + (step.item() + 2)));
      if (range.to() != null && range.from().compareTo(range.to()) <= 0) {
        List<Bytes> expected = new ArrayList<>();
        whole.cells(range, (id, cell) -> expected.add(id));
        List<Bytes> found = new ArrayList<>();
        key.read(
            range,
            view -> {
              view.cells(range, (id, cell) -> found.add(id));
              return true;
            });
        assertThat(found).isEqualTo(expected);
      }
      for (Bytes id : whole.cells().keySet()) {
        byte[] cell = key.read(CellRange.only(id), view -> view.cell(id));
        assertThat(cell).isEqualTo(whole.cell(id));
      }
    }

    @Override
    public void close() {
      scans.forEach(Scanning::close);
      store.close();
    }

    /** A scan, and what it must still show. */
    private final class Scanning {
      private final Scan scan;
      private final Deque<Map.Entry<Bytes, Value>> due;
      private final int size;

      Scanning(Step step) {
        String prefix = step.verb() % 2 == 0 ? "" : EveryStrategy.prefix(step.strategy());
        scan = store.scan(prefix);
        due = new ArrayDeque<>(model.present(prefix).entrySet());
        size = 1 + step.item();
      }

      boolean page() {
        List<Entry> page = scan.page(size);
        for (Entry entry : page) {
          var expected = due.remove();
          assertThat(Bytes.utf8(entry.key())).isEqualTo(expected.getKey());
          assertThat(entry.value()).isEqualTo(expected.getValue());
        }
        if (page.size() < size) {
          assertThat(due).isEmpty();
          close();
          return false;
        }
        return true;
      }

      void finish() {
        while (page()) {
          // Until the end.
        }
      }

      void close() {
        scan.close();
      }
    }
  }
}
