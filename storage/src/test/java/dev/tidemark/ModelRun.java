package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.StoreModelProperties.Step;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.Status;
import dev.tidemark.type.Durability;
import dev.tidemark.type.KeyAccess;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A store, its model, and the scans and subscriptions that are open. */
final class ModelRun implements AutoCloseable {
  private static final long REPLICA = -7;
  private static final long NOW = 1_000_000;
  private static final int MANY = 1_500;
  private static final int MOST_SUBSCRIPTIONS = 3;

  private final Path directory;
  private final Options options =
      Options.defaults()
          .withReplicaId(REPLICA)
          .withClock(() -> NOW)
          .withOverlayBytes(64 << 10)
          .withSegmentBytes(64 << 10)
          .withCompactionBytesPerSecond(0)
          .withCacheBytes(4 << 20);
  private final StoreModel model = new StoreModel(REPLICA, NOW);
  private final Deque<ModelScan> scans = new ArrayDeque<>();
  private final Deque<ModelSubscription> subscriptions = new ArrayDeque<>();
  private Tidemark store;

  ModelRun(Path directory) {
    this.directory = directory;
    this.store = open();
  }

  private Tidemark open() {
    return Tidemark.open(directory, EveryStrategy.SCHEMA, options);
  }

  /** Does one step, then looks at what must hold after each. */
  void step(List<Step> steps, int index) {
    Step step = steps.get(index);
    switch (step.kind()) {
      case UPDATE -> update(step);
      case BATCH -> batch(steps.subList(index, Math.min(steps.size(), index + 5)));
      case BROKEN_BATCH -> brokenBatch(step);
      case FILL -> fill(step);
      case READ -> compare(step.name());
      case READ_ELEMENTS -> compareElements(step);
      case OPEN_SCAN -> scans.add(new ModelScan(store, model, prefix(step), 1 + step.item()));
      case PAGE -> page();
      case SUBSCRIBE -> subscribe(step);
      case TAKE_EVENTS -> takeEvents(step.value());
      case FLUSH -> store.flush();
      case ROLL -> store.roll();
      case SYNC -> store.sync();
      case AWAIT_SYNCED -> awaitSynced(step);
      case RESTART -> restart();
      case CRASH -> crash();
    }
    checkNumbers();
  }

  private void checkNumbers() {
    Status status = store.status();
    assertThat(status.appendedPosition()).isEqualTo(model.position());
    assertThat(status.vector()).isEqualTo(VersionVector.EMPTY.with(REPLICA, model.sequence()));
    assertThat(status.clock()).isEqualTo(model.clock());
    // Numbers of other threads, which grow: a lower one is read before a higher one.
    long flushed = store.status().flushedPosition();
    long applied = store.status().appliedPosition();
    long synced = store.status().syncedPosition();
    assertThat(flushed).isLessThanOrEqualTo(applied);
    assertThat(applied).isLessThanOrEqualTo(synced);
    assertThat(synced).isLessThanOrEqualTo(model.position());
  }

  private static String prefix(Step step) {
    return step.verb() % 2 == 0 ? "" : EveryStrategy.prefix(step.strategy());
  }

  private void update(Step step) {
    if (step.value() % 10 == 0) {
      long position =
          store.commit(Durability.SYNCED, batch -> batch.update(step.name(), step.update()));
      assertThat(store.status().syncedPosition()).isGreaterThanOrEqualTo(position);
    } else {
      assertThat(store.update(step.name(), step.update())).isEqualTo(model.position() + 1);
    }
    model.update(step.name(), step.update());
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
    assertThatThrownBy(
            () ->
                store.commit(
                    batch -> {
                      batch.update(step.name(), step.update());
                      throw mine;
                    }))
        .isSameAs(mine);
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

  private void page() {
    ModelScan scan = scans.poll();
    if (scan != null && scan.page()) {
      scans.add(scan);
    }
  }

  private void subscribe(Step step) {
    if (subscriptions.size() < MOST_SUBSCRIPTIONS) {
      // Anywhere in the log, or from now on.
      long from = step.item() == 0 ? 0 : 1 + model.position() * step.value() / 40;
      subscriptions.add(new ModelSubscription(store, model, prefix(step), from));
    }
  }

  private void takeEvents(int count) {
    store.sync();
    ModelSubscription subscription = subscriptions.poll();
    if (subscription != null) {
      subscription.take(count);
      subscriptions.add(subscription);
    }
  }

  private void awaitSynced(Step step) {
    long position = model.position() * step.value() / 40;
    store.awaitSynced(position);
    assertThat(store.status().syncedPosition()).isGreaterThanOrEqualTo(position);
    assertThatThrownBy(() -> store.awaitSynced(model.position() + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void restart() {
    endScans();
    store.close();
    store = open();
    assertThat(store.recovery().replayedCommits()).isZero();
    resumeSubscriptions();
  }

  private void crash() {
    endScans();
    // What is folded and not flushed dies too: on a slow machine the folder comes before the kill.
    long flushed = store.status().flushedPosition();
    KillCopy.kill(store, directory);
    store = open();
    assertThat(store.recovery().tornBytes()).isZero();
    assertThat(store.recovery().replayedCommits()).isBetween(0L, model.position() - flushed);
    compareAll();
    resumeSubscriptions();
  }

  private void endScans() {
    scans.forEach(ModelScan::close);
    scans.clear();
  }

  private void resumeSubscriptions() {
    subscriptions.forEach(subscription -> subscription.resume(store));
  }

  /** Ends what is open where it has to end, and compares every key. */
  void finish() {
    scans.forEach(ModelScan::finish);
    scans.clear();
    store.sync();
    subscriptions.forEach(subscription -> subscription.take(Integer.MAX_VALUE));
    compareAll();
  }

  private void compareAll() {
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
    endScans();
    subscriptions.forEach(ModelSubscription::close);
    store.close();
  }
}
