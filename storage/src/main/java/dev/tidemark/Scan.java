package dev.tidemark;

import dev.tidemark.storage.core.PinnedScan;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys under a prefix that have a value, in the order of their UTF-8 bytes, as they were at one
 * log position, however long the scan takes. It pins that state: close it. For one thread at a
 * time.
 */
public final class Scan implements AutoCloseable {
  private final PinnedScan pinned;

  Scan(PinnedScan pinned) {
    this.pinned = pinned;
  }

  /** The log position of what it shows. */
  public long position() {
    return pinned.position();
  }

  /** The next key with its whole value, or null after the last one. */
  public @Nullable Entry next() {
    PinnedScan.Found found = pinned.next();
    if (found == null) {
      return null;
    }
    var strategy = found.namespace().strategy();
    return new Entry(found.key().toUtf8(), strategy, strategy.lattice().value(found.view()));
  }

  /** The next key without its value, which is then not loaded; null after the last one. */
  public @Nullable String nextKey() {
    PinnedScan.Found found = pinned.next();
    return found == null ? null : found.key().toUtf8();
  }

  /** Up to so many entries more; fewer only at the end. */
  public List<Entry> page(int max) {
    List<Entry> page = new ArrayList<>();
    while (page.size() < max) {
      Entry entry = next();
      if (entry == null) {
        break;
      }
      page.add(entry);
    }
    return page;
  }

  @Override
  public void close() {
    pinned.close();
  }
}
