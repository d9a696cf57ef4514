package dev.tidemark.storage.log;

import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** A segment's directory as it is on the disk. */
record SegmentFiles(long number, Path directory, List<Path> dataFiles) {
  private static final String DATA_SUFFIX = ".cq4";

  /** All of a log, in order of their numbers; none if there is no log. */
  static List<SegmentFiles> list(StoreFiles files) throws IOException {
    List<SegmentFiles> found = new ArrayList<>();
    for (Path path : sorted(files.log())) {
      OptionalLong number = StoreFiles.segmentNumber(path);
      if (number.isPresent() && Files.isDirectory(path)) {
        found.add(of(number.getAsLong(), path));
      }
    }
    return found;
  }

  /** The directories in which a crash has left folded segments that are not in the log. */
  static List<Path> unfinished(StoreFiles files) throws IOException {
    return sorted(files.log()).stream().filter(StoreFiles::isFoldingSegment).toList();
  }

  /** One segment's directory. */
  static SegmentFiles of(long number, Path directory) throws IOException {
    List<Path> data =
        sorted(directory).stream()
            .filter(path -> path.getFileName().toString().endsWith(DATA_SUFFIX))
            .toList();
    return new SegmentFiles(number, directory, data);
  }

  private static List<Path> sorted(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** Leaves one file in a segment's directory, for good. */
  static void removeAllBut(Path directory, Path kept, DurableFiles disk) throws IOException {
    boolean removed = false;
    for (Path path : sorted(directory)) {
      if (!path.getFileName().equals(kept.getFileName())) {
        disk.delete(path);
        removed = true;
      }
    }
    if (removed) {
      disk.forceDirectory(directory);
    }
  }
}
