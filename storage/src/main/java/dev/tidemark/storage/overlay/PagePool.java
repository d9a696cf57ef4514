package dev.tidemark.storage.overlay;

import java.util.ArrayList;
import java.util.List;

/**
 * Pages of {@value #PAGE_BYTES} bytes that folded generations have left to the next ones. New ones
 * are young to the collector, which copies all of them at its next pause: of 10 to 40 ms that a
 * writer waited, most went with them. It keeps no more than were ever in use at once.
 */
final class PagePool {
  static final int PAGE_BYTES = 1 << 20;

  private final List<byte[]> pages = new ArrayList<>();

  /** A page with whatever is in it. */
  synchronized byte[] take() {
    return pages.isEmpty() ? new byte[PAGE_BYTES] : pages.remove(pages.size() - 1);
  }

  /** Takes back a page that nobody looks at any more. */
  synchronized void give(byte[] page) {
    pages.add(page);
  }
}
