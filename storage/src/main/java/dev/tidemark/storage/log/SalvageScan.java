package dev.tidemark.storage.log;

import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.error.MalformedException;
import dev.tidemark.storage.file.FileChannels;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * One walk over a data file that gathers its whole entries, and tells what lies between them and is
 * neither Chronicle's nor nothing.
 */
final class SalvageScan {
  private static final int CHUNK_BYTES = 64 << 10;

  private final Path file;
  private final SalvagedLog.Listener listener;
  private final List<SalvageRun> runs = new ArrayList<>();
  private long runStart;
  private long runFirst;
  private long runLast;
  private long runBytes;
  private long behind;

  private SalvageScan(Path file, SalvagedLog.Listener listener) {
    this.file = file;
    this.listener = listener;
  }

  /** Gives the runs of a file; tells the listener of each commit and of each damaged range. */
  static List<SalvageRun> of(Path file, SalvagedLog.Listener listener) throws IOException {
    return new SalvageScan(file, listener).run();
  }

  private List<SalvageRun> run() throws IOException {
    try (EntryFinder finder = new EntryFinder(file, 0);
        FileChannel channel = FileChannels.open(file, StandardOpenOption.READ)) {
      while (finder.next()) {
        between(channel, behind, finder.start());
        behind = EntryFinder.align(finder.end());
        take(finder);
      }
      endRun();
      between(channel, behind, finder.length());
      String unreadable = finder.unreadable();
      if (unreadable != null) {
        listener.damaged(file, 0, finder.length(), "readable bytes", unreadable);
      }
    }
    return runs;
  }

  private void take(EntryFinder finder) {
    if (finder.kind() == FrameLayout.KIND_FOLDED) {
      listener.damaged(
          file, finder.start(), finder.end(), "a commit", "a piece of a folded segment");
      endRun();
      return;
    }
    try {
      CommitCodec.decode(finder.array(), finder.bodyAt(), finder.bodyLength());
    } catch (MalformedException e) {
      listener.damaged(
          file, finder.start(), finder.end(), "a commit", String.valueOf(e.getMessage()));
      endRun();
      return;
    }
    if (runFirst == 0 || finder.position() != runLast + 1) {
      endRun();
      runStart = finder.start();
      runFirst = finder.position();
      runBytes = 0;
    }
    runLast = finder.position();
    runBytes += finder.end() - finder.start();
  }

  private void endRun() {
    if (runFirst != 0) {
      runs.add(new SalvageRun(file, runStart, runFirst, runLast, runBytes));
      runFirst = 0;
    }
  }

  /** Between two entries may be documents of Chronicle's; behind the last, nothing. */
  private void between(FileChannel channel, long from, long to) throws IOException {
    long at = from;
    while (at + DocumentLayout.HEADER_BYTES <= to) {
      int header = header(channel, at);
      long next =
          EntryFinder.align(at + DocumentLayout.HEADER_BYTES + (header & DocumentLayout.LENGTH));
      boolean metadata =
          (header & DocumentLayout.METADATA) != 0 && (header & DocumentLayout.NOT_COMPLETE) == 0;
      if (!metadata || next > EntryFinder.align(to)) {
        break;
      }
      at = next;
    }
    long written = lastWritten(channel, at, to);
    if (written > at) {
      endRun();
      String actual = actual(header(channel, at), written - at);
      listener.damaged(file, at, written, "an entry", actual);
    } else if (at < to && to < channel.size()) {
      endRun();
      listener.damaged(file, at, to, "an entry", "zeros, then more");
    }
  }

  private static String actual(int header, long bytes) {
    return bytes + " bytes that are none, beginning with " + Integer.toHexString(header);
  }

  private static int header(FileChannel channel, long at) throws IOException {
    byte[] header = new byte[DocumentLayout.HEADER_BYTES];
    FileChannels.read(channel, at, header, 0, header.length);
    return Frame.i32(header, 0);
  }

  /** Behind the last byte that is not zero, from an offset on; at most that of the end mark. */
  private static long lastWritten(FileChannel channel, long from, long to) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    long written = from;
    for (long at = from; at < to; at += chunk.length) {
      int length = (int) Math.min(chunk.length, to - at);
      int end = readable(channel, at, chunk, length);
      while (end > 0 && chunk[end - 1] == 0) {
        end--;
      }
      written = end > 0 ? at + end : written;
    }
    return written;
  }

  private static int readable(FileChannel channel, long at, byte[] chunk, int length) {
    try {
      return FileChannels.read(channel, at, chunk, 0, length);
    } catch (IOException e) {
      // The finder has told; bytes that cannot be read are none.
      return 0;
    }
  }
}
