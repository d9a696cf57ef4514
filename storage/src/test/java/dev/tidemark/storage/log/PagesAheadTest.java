package dev.tidemark.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.storage.file.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages are brought in ahead of the entries of a busy log, and no entry is the worse for it. */
class PagesAheadTest {
  private static final int KIB = 1 << 10;
  private static final int ENTRY = 64 * KIB;

  /** More than three blocks, of which one is mapped at a time. */
  private static final int ENTRIES = 200 * 16 + 8;

  private final byte[] entry = new byte[ENTRY];
  private SegmentParts parts;
  private PagesAhead pages;
  private long end;

  @BeforeEach
  void aSegment(@TempDir Path root) throws IOException {
    DurableFiles disk = DurableFiles.standard();
    SpaceGuard space = new SpaceGuard(root, 0, disk);
    parts = SegmentParts.create(1, root.resolve("1"), disk, space, 1L << 30, ENTRY);
    pages = new PagesAhead(parts.room(), parts.chronicle());
    new Random(1).nextBytes(entry);
  }

  @AfterEach
  void close() throws IOException {
    parts.close();
  }

  @Test
  void nothingIsBroughtInWhereLittleComesBetweenTwoForces() throws IOException {
    for (int i = 0; i < 100; i++) {
      append();
      assertThat(pages.isDue(end)).isFalse();
      if (i % 2 == 0) {
        pages.forcing(end);
      }
    }
  }

  @Test
  void onlyWhatTheDiskHasRoomForIsBroughtInAndEachPageOnceUntilAForce() throws IOException {
    boolean due = false;
    while (!due) {
      append();
      due = pages.isDue(end);
    }
    assertThat(end).isGreaterThanOrEqualTo(PagesAhead.BUSY_BYTES);
    assertThat(parts.room().end()).isLessThan(end + PagesAhead.AHEAD_BYTES);
    long first = pages.bringIn();
    assertThat(first).isPositive().isLessThanOrEqualTo(PagesAhead.AHEAD_BYTES);
    assertThat(pages.bringIn()).isZero();
    parts.room().reach(end + 8 * PagesAhead.AHEAD_BYTES);
    assertThat(pages.bringIn()).isPositive();
    assertThat(pages.bringIn()).isZero();
    pages.forcing(end);
    assertThat(pages.bringIn()).isEqualTo(PagesAhead.AHEAD_BYTES);
  }

  @Test
  void aSegmentThatIsClosedIsNotTouched() throws IOException {
    append();
    assertThat(parts.chronicle().touch(0, end)).isPositive();
    parts.chronicle().close();
    assertThat(parts.chronicle().touch(0, end)).isZero();
  }

  /** Each block that is full is unmapped by an append, and all are by the close at the end. */
  @Test
  void pagesAreTouchedAndLetGoAllTheTimeWhileBlocksComeAndGo() throws IOException {
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Long> touching =
        CompletableFuture.supplyAsync(
            () -> {
              long touched = 0;
              while (!over.get()) {
                pages.forcing(0);
                touched += pages.bringIn() + parts.chronicle().touch(0, parts.room().end());
                parts.chronicle().letGo(0, parts.room().end());
              }
              return touched;
            });
    for (int i = 0; i < ENTRIES; i++) {
      entry[0] = (byte) i;
      append();
      pages.isDue(end);
    }
    parts.chronicle().close();
    over.set(true);
    assertThat(touching.join()).isPositive();
    assertHoldsAllEntries();
  }

  private void append() throws IOException {
    parts.room().reach(end + ActiveSegment.entryBytes(ENTRY));
    end = parts.chronicle().append(entry, ENTRY);
  }

  private void assertHoldsAllEntries() throws IOException {
    ByteBuffer read = ByteBuffer.allocate(4 + ENTRY).order(ByteOrder.LITTLE_ENDIAN);
    FileChannel file = parts.channel();
    long at = end;
    for (int i = ENTRIES - 1; i >= 0; i--) {
      at -= 4 + ENTRY;
      file.read(read.clear(), at);
      assertThat(read.getInt(0)).isEqualTo(ENTRY);
      entry[0] = (byte) i;
      assertThat(read.position(4).slice()).isEqualTo(ByteBuffer.wrap(entry));
    }
  }
}
