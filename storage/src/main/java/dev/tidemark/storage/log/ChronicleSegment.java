package dev.tidemark.storage.log;

import dev.tidemark.storage.file.JvmFlags;
import dev.tidemark.storage.file.MappedPages;
import java.nio.file.Path;
import java.util.Objects;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.core.io.BackgroundResourceReleaser;
import net.openhft.chronicle.core.io.ReferenceOwner;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.RollCycle;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.RollCycleArithmetic;
import net.openhft.chronicle.wire.DocumentContext;
import org.jspecify.annotations.Nullable;

/**
 * One Chronicle Queue that is created, appended to and closed, never opened again and never read:
 * the only class that uses the library. What it is good at is kept (a complete entry in the page
 * cache in well under a microsecond, which a kill of the process cannot take back); its reading,
 * rolling, locking and syncing are left alone, for reasons told in {@link SegmentReader} and {@link
 * OpLog}.
 */
final class ChronicleSegment implements AutoCloseable, ReferenceOwner {
  static {
    // The artifact is excluded from the build as well; a host may have it on its class path.
    System.setProperty("chronicle.analytics.disable", "true");
    setUnlessSet("chronicle.announcer.disable");
    setUnlessSet("chronicle.disk.monitor.disable");
    // It would keep a few objects for each segment and each thread that has made one, as long as
    // the thread lives, and go through all of them whenever the next segment is made.
    setUnlessSet("disable.ctl.orphan.tracking");
  }

  /** Mapped at once; an entry may be a quarter of it. */
  private static final long BLOCK_BYTES = 64L << 20;

  private static final long PAGE_BYTES = 4096;

  /** The file of Chronicle's own that is mapped too, and how much of it is ever written. */
  static final String METADATA_FILE = "metadata.cq4t";

  static final long METADATA_BYTES = 16 << 10;

  /** What Chronicle names the file of the one cycle that there is. */
  static final String DATA_FILE = "19700101S.cq4";

  /** Nobody contends for our own new directory, so there is nothing to wait for. */
  private static final long TIMEOUT_MILLIS = 250;

  private final SingleChronicleQueue queue;
  private final ExcerptAppender appender;
  private Bytes<byte[]> view = Bytes.wrapForRead(new byte[0]);
  private byte[] viewed = new byte[0];
  private final Object mapping = new Object();

  /** The block that is appended to, kept mapped: changed by the thread that appends. */
  private @Nullable BytesStore<?, ?> mapped;

  private boolean closed;

  private ChronicleSegment(SingleChronicleQueue queue, ExcerptAppender appender) {
    this.queue = queue;
    this.appender = appender;
  }

  /**
   * Creates a segment in a directory without a data file: one that it finds it takes for another
   * process's that is being created, and waits for. From then until the first append there may be
   * one, of zeros.
   */
  static ChronicleSegment create(Path directory) {
    JvmFlags.require();
    SingleChronicleQueue queue =
        SingleChronicleQueueBuilder.binary(directory)
            .rollCycle(OneCycle.ONLY)
            .timeProvider(() -> 0L)
            .blockSize(BLOCK_BYTES)
            .syncMode(SyncMode.NONE)
            .timeoutMS(TIMEOUT_MILLIS)
            .checkInterrupts(false)
            .build();
    ExcerptAppender appender = queue.createAppender();
    appender.singleThreadedCheckDisabled(true);
    return new ChronicleSegment(queue, appender);
  }

  /** Makes and maps the data file, which the first entry would do: an entry that is taken back. */
  void begin() {
    try (DocumentContext nothing = appender.writingDocument()) {
      nothing.rollbackOnClose();
    }
    keepSinglePages();
  }

  /** Appends one entry; gives the offset in the data file where it ends. */
  long append(byte[] entry, int length) {
    if (viewed != entry) {
      view = Bytes.wrapForWrite(entry);
      // Writers take turns, as with the appender: whoever comes next is another thread.
      view.singleThreadedCheckDisabled(true);
      viewed = entry;
    }
    view.readPositionRemaining(0, length);
    appender.writeBytes(view);
    keepSinglePages();
    return wireBytes().writePosition();
  }

  private Bytes<?> wireBytes() {
    return Objects.requireNonNull(appender.wire()).bytes();
  }

  private void keepSinglePages() {
    BytesStore<?, ?> block = wireBytes().bytesStore();
    if (block != mapped) {
      MappedPages.keepSingle(block.addressForRead(block.start()), block.capacity() - block.start());
      keep(block);
    }
  }

  private void keep(@Nullable BytesStore<?, ?> block) {
    synchronized (mapping) {
      BytesStore<?, ?> before = mapped;
      if (block != null) {
        block.reserve(this);
      }
      mapped = block;
      if (before != null) {
        before.release(this);
      }
    }
  }

  /**
   * Brings the pages of a part of the file into memory, as far as they are in the block that is
   * appended to, and changes nothing; the disk has room for them. Gives how many bytes they are.
   * Beside the appends, which never unmap a block meanwhile: that would be the end of the JVM.
   */
  long touch(long from, long to) {
    synchronized (mapping) {
      BytesStore<?, ?> block = mapped;
      if (block == null) {
        return 0;
      }
      long first = Math.max(from, block.start()) + PAGE_BYTES - 1 & -PAGE_BYTES;
      long end = Math.min(to, block.start() + BLOCK_BYTES) + PAGE_BYTES - 1 & -PAGE_BYTES;
      if (first >= end) {
        return 0;
      }
      if (!MappedPages.bringIn(block.addressForRead(first), end - first)) {
        for (long at = first; at < end; at += PAGE_BYTES) {
          // In one step: an append may be on its way to the same word.
          block.addAndGetInt(at, 0);
        }
      }
      return end - first;
    }
  }

  /**
   * Takes the pages of a part of the file out of the mapping, before a force; like {@link #touch}
   * beside the appends.
   */
  void letGo(long from, long to) {
    synchronized (mapping) {
      BytesStore<?, ?> block = mapped;
      if (block != null) {
        long first = Math.max(from, block.start()) & -PAGE_BYTES;
        long end = Math.min(to, block.start() + BLOCK_BYTES) & -PAGE_BYTES;
        if (first < end) {
          MappedPages.letGo(block.addressForRead(first), end - first);
        }
      }
    }
  }

  /** Unmaps the file. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      keep(null);
      appender.close();
      queue.close();
      releaseNow();
    }
  }

  /**
   * Chronicle lets go of files and mappings in the background: now, since the file is cut next. An
   * interrupt makes it come back before that is done, so it is kept for later.
   */
  private static void releaseNow() {
    boolean interrupted = false;
    boolean again = true;
    while (again) {
      BackgroundResourceReleaser.releasePendingResources();
      again = Thread.interrupted();
      interrupted |= again;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void setUnlessSet(String property) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, "true");
    }
  }

  /**
   * A cycle that the constant time above never leaves, with the smallest index: nothing here looks
   * entries up by index, and an index for a million entries would outweigh a segment that holds
   * one.
   */
  private enum OneCycle implements RollCycle {
    ONLY;

    private static final int INDEX_COUNT = 8;
    private static final int INDEX_SPACING = 1 << 20;
    private static final int DAY_MILLIS = 86_400_000;

    private final RollCycleArithmetic arithmetic =
        RollCycleArithmetic.of(INDEX_COUNT, INDEX_SPACING);

    @Override
    public String format() {
      return "yyyyMMdd'S'";
    }

    @Override
    public int lengthInMillis() {
      return DAY_MILLIS;
    }

    @Override
    public int defaultIndexCount() {
      return arithmetic.indexCount();
    }

    @Override
    public int defaultIndexSpacing() {
      return arithmetic.indexSpacing();
    }

    @Override
    public long toIndex(int cycle, long sequence) {
      return arithmetic.toIndex(cycle, sequence);
    }

    @Override
    public long toSequenceNumber(long index) {
      return arithmetic.toSequenceNumber(index);
    }

    @Override
    public int toCycle(long index) {
      return arithmetic.toCycle(index);
    }

    @Override
    public long maxMessagesPerCycle() {
      return arithmetic.maxMessagesPerCycle();
    }
  }
}
