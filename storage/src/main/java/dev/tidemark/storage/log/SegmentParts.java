package dev.tidemark.storage.log;

import dev.tidemark.storage.file.DiskFull;
import dev.tidemark.storage.file.DurableFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * What a segment is made of, before its first entry: all that can be refused is refused here, and
 * then nothing of it is left.
 *
 * @param number the segment's
 * @param file its data file
 * @param room the disk that the file has
 * @param chronicle what appends to the file
 * @param channel what forces and cuts it
 * @param isNamed whether what names the file survives a power loss
 */
record SegmentParts(
    long number,
    Path file,
    SegmentRoom room,
    ChronicleSegment chronicle,
    FileChannel channel,
    boolean isNamed)
    implements AutoCloseable {

  /**
   * Makes a segment's directory and files.
   *
   * @param firstBytes how much of the file the first entry takes
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room for them
   */
  static SegmentParts create(
      long number,
      Path directory,
      DurableFiles disk,
      SpaceGuard space,
      long segmentBytes,
      long firstBytes)
      throws IOException {
    // Asked once before anything is made: on a full disk every append comes by here.
    space.take(ChronicleSegment.METADATA_BYTES + firstBytes, 0);
    Path file = directory.resolve(ChronicleSegment.DATA_FILE);
    SegmentRoom room = new SegmentRoom(file, segmentBytes, space, disk);
    ChronicleSegment chronicle = null;
    SegmentParts parts = null;
    try {
      disk.makeDirectory(directory);
      Path metadata = directory.resolve(ChronicleSegment.METADATA_FILE);
      disk.allocate(metadata, 0, ChronicleSegment.METADATA_BYTES);
      chronicle = ChronicleSegment.create(directory);
      room.reach(firstBytes);
      FileChannel channel = disk.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      parts = new SegmentParts(number, file, room, chronicle, channel, false);
      return parts;
    } catch (IOException e) {
      throw DiskFull.unless(e, directory);
    } finally {
      if (parts == null) {
        undo(chronicle, directory, disk);
      }
    }
  }

  private static void undo(@Nullable ChronicleSegment chronicle, Path directory, DurableFiles disk)
      throws IOException {
    if (chronicle != null) {
      chronicle.close();
    }
    disk.deleteDirectory(directory);
  }

  /** Where all its files are. */
  Path directory() {
    Path directory = file.getParent();
    if (directory == null) {
      throw new AssertionError("segment has no directory");
    }
    return directory;
  }

  /** The same once what names the file was forced. */
  SegmentParts named() {
    return new SegmentParts(number, file, room, chronicle, channel, true);
  }

  /** Removes the files of a segment that is closed and was not begun. */
  void remove(DurableFiles disk) throws IOException {
    disk.deleteDirectory(directory());
  }

  /** Unmaps and closes the file, and leaves it as it is. */
  @Override
  public void close() throws IOException {
    try (channel) {
      chronicle.close();
    }
  }
}
