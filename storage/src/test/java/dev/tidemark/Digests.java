package dev.tidemark;

import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.state.KeyCursor;
import dev.tidemark.storage.state.KeyRange;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateStore;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What the cells of each key of a closed store add up to, and how many of them are alive. */
final class Digests {
  private Digests() {}

  static Map<String, String> of(Path directory) {
    Map<String, String> digests = new TreeMap<>();
    try (StateStore state = StateStore.openReadOnly(new StoreFiles(directory).state());
        Pin pin = state.pin()) {
      for (Namespace namespace : state.schema().namespaces()) {
        try (KeyCursor cursor = state.keys(pin, namespace, KeyRange.ALL)) {
          while (cursor.next()) {
            digests.put(cursor.key().toUtf8(), cursor.digest() + " " + cursor.liveCells());
          }
        }
      }
    }
    return digests;
  }
}
