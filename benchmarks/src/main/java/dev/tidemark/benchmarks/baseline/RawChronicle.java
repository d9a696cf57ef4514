package dev.tidemark.benchmarks.baseline;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.jspecify.annotations.Nullable;

/**
 * A Chronicle Queue that is appended to, forced by a channel of its own since its {@code sync} is
 * not one, and read: as fast as a log can be of which nobody wants to know anything.
 */
public final class RawChronicle implements AutoCloseable {
  private static final long BLOCK_BYTES = 64L << 20;

  static {
    System.setProperty("chronicle.analytics.disable", "true");
  }

  private final SingleChronicleQueue queue;
  private final ExcerptAppender appender;
  private @Nullable FileChannel channel;

  /** Makes a queue. */
  public RawChronicle(Path directory) {
    queue =
        SingleChronicleQueueBuilder.binary(directory)
            .timeProvider(() -> 0L)
            .blockSize(BLOCK_BYTES)
            .syncMode(SyncMode.NONE)
            .build();
    appender = queue.createAppender();
  }

  /** Appends the bytes that can be read from a buffer. */
  public void append(Bytes<?> entry) {
    appender.writeBytes(entry);
  }

  /** Waits until the disk has what was appended. */
  public void force() throws IOException {
    if (channel == null) {
      File file = appender.currentFile();
      if (file == null) {
        return;
      }
      channel = FileChannel.open(file.toPath(), StandardOpenOption.WRITE);
    }
    channel.force(false);
  }

  /** Reads all from the beginning; gives how many entries those were. */
  public long read() {
    long entries = 0;
    try (ExcerptTailer tailer = queue.createTailer()) {
      while (true) {
        try (DocumentContext document = tailer.readingDocument()) {
          if (!document.isPresent()) {
            return entries;
          }
        }
        entries++;
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
    appender.close();
    queue.close();
  }
}
