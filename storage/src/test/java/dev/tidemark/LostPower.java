package dev.tidemark;

import dev.tidemark.storage.fault.Chance;
import dev.tidemark.storage.fault.ForgetfulDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the disk had of a store when the power failed, laid aside until the store is closed.
 *
 * @param kept where it is
 * @param promised the newest commit that had been promised to survive a power loss
 * @param written the newest commit that had been begun
 * @param chance what decided about all that was not forced
 */
record LostPower(Path kept, long promised, long written, Chance chance) {
  static LostPower now(ForgetfulDisk disk, Path kept, long promised, long written, Chance chance)
      throws IOException {
    disk.losePower(kept, chance);
    return new LostPower(kept, promised, written, chance);
  }

  /**
   * Puts it where the store was. In the same directory: a store that is found in another knows that
   * it is a copy.
   */
  void restore(Path store) throws IOException {
    if (Files.isDirectory(store)) {
      for (Path path : inside(store)) {
        if (Files.isDirectory(path)) {
          Scratch.delete(path);
        } else {
          Files.delete(path);
        }
      }
    }
    Path found = kept.resolve(store.getFileName());
    if (Files.isDirectory(found)) {
      for (Path path : inside(found)) {
        Files.move(path, store.resolve(path.getFileName()));
      }
    }
  }

  private static List<Path> inside(Path directory) throws IOException {
    try (Stream<Path> inside = Files.list(directory)) {
      return inside.toList();
    }
  }
}
