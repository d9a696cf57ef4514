package dev.tidemark.storage.state;

import static dev.tidemark.storage.state.States.carts;
import static dev.tidemark.storage.state.States.fold;
import static dev.tidemark.storage.state.States.names;
import static dev.tidemark.storage.state.States.set;
import static dev.tidemark.storage.state.States.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.error.StoreUnusableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadOnlyTest {
  @TempDir private Path directory;

  @Test
  void lookingAtAStateChangesNoByteOfIt() throws IOException {
    fill();
    Map<String, String> before = fingerprints();

    try (StateStore store = StateStore.openReadOnly(directory)) {
      assertThat(store.schema()).isEqualTo(States.CART_AND_NAMES);
      assertThat(store.progress().applied()).isEqualTo(2);
      assertThat(store.view(carts(store), utf8("cart:1")).liveCells()).isEqualTo(1000);
      assertThat(States.keys(store, names(store), KeyRange.ALL)).containsExactly("name:1");
      assertThat(States.mismatches(store)).isEmpty();
      assertThat(store.stats().tableBytes()).isPositive();
      assertThat(fingerprints()).isEqualTo(before);
    }
    assertThat(fingerprints()).isEqualTo(before);
  }

  @Test
  void stateThatIsOpenForWritingCanBeLookedAt() {
    try (StateStore writer = States.open(directory)) {
      fold(writer, names(writer), "name:1", set("Ann", 1));
      writer.flush();
      fold(writer, names(writer), "name:2", set("Bob", 2));

      try (StateStore reader = StateStore.openReadOnly(directory)) {
        assertThat(States.keys(reader, names(reader), KeyRange.ALL)).containsExactly("name:1");
        assertThat(reader.progress().applied()).isEqualTo(1);
      }
      fold(writer, names(writer), "name:3", set("Cid", 3));
    }
  }

  @Test
  void writingIsRefused() {
    fill();
    try (StateStore store = StateStore.openReadOnly(directory)) {
      assertThatThrownBy(store::fold)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("for reading only");
      assertThatThrownBy(store::flush).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void directoryThatIsMissingOrEmptyIsRefusedAndNotMade() throws IOException {
    Path missing = directory.resolve("missing");
    assertThatThrownBy(() -> StateStore.openReadOnly(missing))
        .isInstanceOf(StoreUnusableException.class)
        .hasMessageContaining("does not exist");
    assertThat(missing).doesNotExist();

    assertThatThrownBy(() -> StateStore.openReadOnly(directory))
        .isInstanceOf(StoreUnusableException.class)
        .hasMessageContaining("holds no state");
    assertThat(States.files(directory)).isEmpty();
  }

  private void fill() {
    try (StateStore store = States.open(directory)) {
      fold(store, names(store), "name:1", set("Ann", 1));
      States.foldMap(store, "cart:1", 1000);
    }
  }

  /** Name, content and time of every file, and the time of the directory. */
  private Map<String, String> fingerprints() throws IOException {
    Map<String, String> prints = new TreeMap<>();
    prints.put(".", Files.getLastModifiedTime(directory).toString());
    for (Path file : States.files(directory)) {
      int content = Arrays.hashCode(Files.readAllBytes(file));
      prints.put(file.getFileName().toString(), content + " " + Files.getLastModifiedTime(file));
    }
    return prints;
  }
}
