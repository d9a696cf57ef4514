package dev.tidemark.storage.state;

import static dev.tidemark.storage.state.States.carts;
import static dev.tidemark.storage.state.States.fold;
import static dev.tidemark.storage.state.States.names;
import static dev.tidemark.storage.state.States.origin;
import static dev.tidemark.storage.state.States.set;
import static dev.tidemark.storage.state.States.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.schema.Namespace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A native call on freed memory ends the process, so every one of these tests would end the whole
 * run.
 */
class UseAfterCloseTest {
  @TempDir private Path directory;
  private StateStore store;
  private Namespace names;

  @BeforeEach
  void open() {
    store = States.open(directory);
    names = names(store);
    fold(store, names, "name:1", set("Ann", 1));
    States.foldMap(store, "cart:1", 100);
  }

  @Test
  void nothingOfAClosedStoreCanBeUsed() {
    StoredKey view = store.view(names, utf8("name:1"));
    Pin pin = store.pin();
    StoredKey pinned = store.view(pin, names, utf8("name:1"));
    KeyCursor cursor = store.keys(pin, names, KeyRange.ALL);
    FoldBatch batch = store.fold();
    store.close();

    refuses(view::head);
    refuses(view::liveCells);
    refuses(() -> view.cell(utf8("x")));
    refuses(() -> view.cells(CellRange.ALL, (id, cell) -> true));
    refuses(pinned::head);
    refuses(pin::progress);
    refuses(cursor::next);
    refuses(() -> batch.join(names, utf8("name:2"), set("Bob", 2)));
    refuses(() -> batch.progress(9, 9, origin(1, 9)));
    refuses(batch::commit);
    refuses(batch::bytes);
    refuses(() -> store.view(names, utf8("name:1")));
    refuses(() -> store.view(pin, names, utf8("name:1")));
    refuses(store::pin);
    refuses(() -> store.keys(pin, names, KeyRange.ALL));
    refuses(store::fold);
    refuses(store::flush);
    refuses(store::stats);
    refuses(() -> store.audit(found -> {}));
    assertThat(store.progress().applied()).isEqualTo(2);
    cursor.close();
    pin.close();
    batch.close();
    store.close();
  }

  @Test
  void closedPinRefusesReadsAndLeavesTheStoreOpen() {
    Pin pin = store.pin();
    StoredKey pinned = store.view(pin, names, utf8("name:1"));
    pin.close();
    pin.close();

    assertThatThrownBy(pinned::head)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("pin is closed");
    assertThatThrownBy(() -> store.keys(pin, names, KeyRange.ALL))
        .isInstanceOf(IllegalStateException.class);
    assertThat(store.view(names, utf8("name:1")).isStored()).isTrue();
    store.close();
  }

  @Test
  void committedBatchRefusesMore() {
    FoldBatch batch = store.fold();
    batch.progress(9, 9, origin(1, 9));
    batch.commit();

    assertThatThrownBy(batch::commit)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("fold batch is closed");
    batch.close();
    store.close();
  }

  /** Waiting for the visit to end would be waiting for oneself. */
  @Test
  void storeIsNotClosedFromInsideItsOwnVisit() {
    Pin pin = store.pin();
    StoredKey view = store.view(pin, carts(store), utf8("cart:1"));

    assertThatThrownBy(
            () ->
                view.cells(
                    CellRange.ALL,
                    (id, cell) -> {
                      store.close();
                      return true;
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("inside one of its own visits");
    assertThatThrownBy(
            () ->
                view.cells(
                    CellRange.ALL,
                    (id, cell) -> {
                      pin.close();
                      return true;
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(view.isStored()).isTrue();
    pin.close();
    store.close();
  }

  @Test
  void closingWaitsForARunningVisit() throws Exception {
    CountDownLatch visiting = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    List<String> seen = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      StoredKey view = store.view(carts(store), utf8("cart:1"));
      Future<?> visit =
          threads.submit(
              () ->
                  view.cells(
                      CellRange.ALL,
                      (id, cell) -> {
                        visiting.countDown();
                        await(goOn);
                        seen.add(id.toUtf8());
                        return true;
                      }));
      visiting.await();
      Future<?> closing = threads.submit(store::close);
      goOn.countDown();
      visit.get();
      closing.get();
      assertThat(seen).hasSize(100);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void threadsThatReadWhileTheStoreClosesAreToldSo() throws Exception {
    for (int round = 0; round < 10; round++) {
      ExecutorService threads = Executors.newFixedThreadPool(4);
      try {
        CountDownLatch running = new CountDownLatch(4);
        List<Future<?>> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          readers.add(threads.submit(() -> readUntilClosed(running)));
        }
        running.await();
        store.close();
        for (Future<?> reader : readers) {
          reader.get();
        }
      } finally {
        threads.shutdownNow();
      }
      store = States.open(directory);
    }
    store.close();
  }

  private void readUntilClosed(CountDownLatch running) {
    StateStore mine = store;
    boolean first = true;
    try {
      while (true) {
        try (Pin pin = mine.pin();
            KeyCursor cursor = mine.keys(pin, names, KeyRange.ALL)) {
          cursor.next();
          mine.view(pin, names, cursor.key()).cells(CellRange.ALL, (id, cell) -> true);
          mine.view(names, utf8("name:1")).head();
        }
        if (first) {
          running.countDown();
          first = false;
        }
      }
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("state store is closed");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void refuses(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("state store is closed");
  }
}
