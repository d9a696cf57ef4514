package dev.tidemark.storage.overlay;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Pages of memory beside the heap that folded generations have left to the next ones: on the heap
 * the collector copied them while they were young, and of the 10 to 40 ms that it stopped a writer,
 * most went with that. It keeps no more than were ever in use at once, until the overlay goes.
 * Never freed by hand: a page that somebody still looks at is there.
 */
final class PagePool {
  private final List<List<ByteBuffer>> bySize = new ArrayList<>();

  PagePool() {
    for (int bits = 0; bits < Integer.SIZE; bits++) {
      bySize.add(new ArrayList<>());
    }
  }

  /** A page with whatever is in it, in the processor's usual order of bytes; the size is 2^n. */
  ByteBuffer take(int bytes) {
    synchronized (this) {
      List<ByteBuffer> pages = ofSize(bytes);
      if (!pages.isEmpty()) {
        return pages.remove(pages.size() - 1);
      }
    }
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Takes back a page that nobody looks at any more. */
  synchronized void give(ByteBuffer page) {
    ofSize(page.capacity()).add(page);
  }

  private List<ByteBuffer> ofSize(int bytes) {
    return bySize.get(Integer.numberOfTrailingZeros(bytes));
  }
}
