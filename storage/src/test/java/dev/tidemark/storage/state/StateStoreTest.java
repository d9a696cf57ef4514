package dev.tidemark.storage.state;

import static dev.tidemark.storage.state.States.carts;
import static dev.tidemark.storage.state.States.fold;
import static dev.tidemark.storage.state.States.names;
import static dev.tidemark.storage.state.States.put;
import static dev.tidemark.storage.state.States.set;
import static dev.tidemark.storage.state.States.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tidemark.error.StoreLockedException;
import dev.tidemark.error.StoreUnusableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateStoreTest {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  @TempDir private Path directory;

  /**
   * The copy is what a killed process leaves: everything up to a flush, nothing after, never a
   * mixture.
   */
  @Test
  void killedProcessLeavesTheStateOfAFlushWithItsPosition() throws IOException {
    Path live = directory.resolve("live");
    Path copy = directory.resolve("copy");
    try (StateStore store = States.open(live)) {
      fold(store, names(store), "name:1", set("Ann", 1));
      fold(store, carts(store), "cart:1", put("apple", "2", 2));
      assertThat(store.flushedPosition()).isZero();
      store.flush();
      assertThat(store.flushedPosition()).isEqualTo(2);
      fold(store, names(store), "name:2", set("Bob", 3));
      fold(store, carts(store), "cart:2", put("apple", "2", 4));
      assertThat(store.flushedPosition()).isEqualTo(2);
      States.copyDirectory(live, copy);
    }
    try (StateStore store = States.open(copy)) {
      assertThat(store.progress().applied()).isEqualTo(2);
      assertThat(store.flushedPosition()).isEqualTo(2);
      assertThat(store.progress().origin(1).sequence()).isEqualTo(2);
      assertThat(States.keys(store, names(store), KeyRange.ALL)).containsExactly("name:1");
      assertThat(States.keys(store, carts(store), KeyRange.ALL)).containsExactly("cart:1");
      assertThat(States.mismatches(store)).isEmpty();
    }
  }

  @Test
  void closingKeepsWhatWasNotFlushed() {
    try (StateStore store = States.open(directory)) {
      fold(store, names(store), "name:1", set("Ann", 1));
    }
    try (StateStore store = States.open(directory)) {
      assertThat(store.progress().applied()).isEqualTo(1);
      assertThat(store.view(names(store), utf8("name:1")).isStored()).isTrue();
    }
  }

  @Test
  void secondOpenOfTheSameDirectoryIsRefusedAndHarmsNothing() {
    try (StateStore store = States.open(directory)) {
      assertThatThrownBy(() -> States.open(directory))
          .isInstanceOf(StoreLockedException.class)
          .hasMessageContaining("state is open elsewhere")
          .hasMessageContaining("directory=" + directory);
      fold(store, names(store), "name:1", set("Ann", 1));
    }
    States.open(directory).close();
  }

  @Test
  void pathThatIsAFileIsRefused() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));

    assertThatThrownBy(() -> States.open(file)).isInstanceOf(StoreUnusableException.class);
  }

  @Test
  void directoryOfACrashBeforeTheFirstFlushIsBegunAnew() throws IOException {
    Files.createFile(directory.resolve("MANIFEST-000001"));
    Files.createFile(directory.resolve("LOCK"));

    try (StateStore store = States.open(directory)) {
      assertThat(store.progress()).isEqualTo(Progress.NONE);
    }
  }

  @Test
  void openingAndClosingLeavesNoDescriptorsBehind() throws IOException {
    assumeTrue(Files.isDirectory(DESCRIPTORS));
    States.open(directory).close();
    long before = descriptors();
    for (int i = 0; i < 50; i++) {
      try (StateStore store = States.open(directory)) {
        fold(store, names(store), "name:" + i, set("Ann", i + 1));
        Pin pin = store.pin();
        store.keys(pin, names(store), KeyRange.ALL).next();
      }
    }
    assertThat(descriptors()).isLessThanOrEqualTo(before);
  }

  @Test
  void statsTellWhereTheBytesAre() {
    try (StateStore store = States.open(directory)) {
      States.foldMap(store, "cart:1", 20_000);
      StateStats buffered = store.stats();
      store.flush();
      StateStats flushed = store.stats();

      assertThat(buffered.writeBufferBytes()).isGreaterThan(500_000);
      assertThat(buffered.nativeBytes()).isGreaterThanOrEqualTo(buffered.writeBufferBytes());
      assertThat(flushed.tableBytes()).isGreaterThan(50_000);
      assertThat(flushed.namespaceBytes().get(carts(store)))
          .isGreaterThan(flushed.namespaceBytes().get(names(store)) + 50_000);
      assertThat(flushed.namespaceBytes()).hasSize(3);
    }
  }

  @Test
  void optionsThatCannotWorkAreRefused() {
    assertThatThrownBy(() -> new StateOptions(1 << 20, 2 << 20, 64))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("larger than the cache");
    assertThatThrownBy(() -> new StateOptions(1, 1, 64))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("blockCacheBytes");
  }

  private static long descriptors() throws IOException {
    try (var open = Files.list(DESCRIPTORS)) {
      return open.count();
    }
  }
}
