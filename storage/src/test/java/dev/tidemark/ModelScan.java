package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Value;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** A scan, and what it must still show. */
final class ModelScan {
  private final Scan scan;
  private final Deque<Map.Entry<Bytes, Value>> due;
  private final int pageSize;

  ModelScan(Tidemark store, StoreModel model, String prefix, int pageSize) {
    this.scan = store.scan(prefix);
    this.due = new ArrayDeque<>(model.present(prefix).entrySet());
    this.pageSize = pageSize;
  }

  /** Takes a page; false if it was the last one. */
  boolean page() {
    List<Entry> page = scan.page(pageSize);
    for (Entry entry : page) {
      var expected = due.remove();
      assertThat(Bytes.utf8(entry.key())).isEqualTo(expected.getKey());
      assertThat(entry.value()).isEqualTo(expected.getValue());
    }
    if (page.size() < pageSize) {
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
