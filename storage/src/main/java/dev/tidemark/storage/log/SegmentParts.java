package dev.tidemark.storage.log;

import dev.tidemark.storage.file.DiskFull;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * What the active segment is made of, before its first entry: all that can be refused is refused
 * here, and then nothing of it is left.
 *
 * @param file its data file
 * @param room the disk that the file has
 * @param chronicle what appends to the file
 * @param channel what forces and cuts it
 */
record SegmentParts(Path file, SegmentRoom room, ChronicleSegment chronicle, FileChannel channel) {

  /**
   * Makes a segment's directory and files.
   *
   * @param firstBytes how much of the file the first entry takes
   * @throws dev.tidemark.error.OutOfSpaceException if there is no room for them
   */
  static SegmentParts create(
      long number,
      StoreFiles files,
      DurableFiles disk,
      SpaceGuard space,
      long segmentBytes,
      long firstBytes)
      throws IOException {
    // Asked once before anything is made: on a full disk every append comes by here.
    space.take(ChronicleSegment.METADATA_BYTES + firstBytes, 0);
    Path directory = files.segment(number);
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
      parts = new SegmentParts(file, room, chronicle, channel);
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
}
