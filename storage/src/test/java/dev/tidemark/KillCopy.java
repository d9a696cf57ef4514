package dev.tidemark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a kill of this process would leave of an open store: its files as they are in the page cache
 * at one moment at which nobody commits. The directory itself stays the same one, so that the store
 * opens where it was.
 */
public final class KillCopy {
  private static final int BLOCK = 1 << 20;
  private static final byte[] ZEROS = new byte[BLOCK];

  private KillCopy() {}

  /** Takes the files of an open store, then closes it and puts them back. */
  public static void kill(Tidemark store, Path directory) {
    Path aside = Scratch.directory();
    // Its writers wait meanwhile; only the folder may change files, which is looked at.
    store.commit(batch -> copyUnchanged(directory, aside));
    store.close();
    List.of(directory.toFile().listFiles()).forEach(file -> Scratch.delete(file.toPath()));
    copy(aside, directory);
    Scratch.delete(aside);
  }

  private static void copyUnchanged(Path from, Path to) {
    Map<Path, Long> before = sizes(from);
    while (true) {
      boolean complete = copy(from, to);
      Map<Path, Long> after = sizes(from);
      if (complete && after.equals(before)) {
        return;
      }
      before = after;
      List.of(to.toFile().listFiles()).forEach(file -> Scratch.delete(file.toPath()));
    }
  }

  private static Map<Path, Long> sizes(Path directory) {
    Map<Path, Long> sizes = new HashMap<>();
    try (Stream<Path> tree = Files.walk(directory)) {
      tree.forEach(path -> sizes.put(path, path.toFile().length()));
      return sizes;
    } catch (UncheckedIOException goneMeanwhile) {
      // As nothing that was or will be seen.
      return Map.of(directory, System.nanoTime());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** False if a file went away meanwhile. */
  private static boolean copy(Path from, Path to) {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path path : tree.filter(each -> !each.equals(from)).toList()) {
        Path copy = to.resolve(from.relativize(path));
        if (Files.isDirectory(path)) {
          Files.createDirectory(copy);
        } else if (Files.exists(path)) {
          copyFile(path, copy);
        } else {
          return false;
        }
      }
      return true;
    } catch (NoSuchFileException | UncheckedIOException goneMeanwhile) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Holes stay holes: the file of a segment that is written is 80 MiB long and mostly empty. */
  private static void copyFile(Path from, Path to) throws IOException {
    try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel out =
            FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long size = in.size();
      ByteBuffer block = ByteBuffer.allocate(BLOCK);
      for (long at = 0; at < size; at += block.position()) {
        block.clear();
        if (in.read(block, at) < 0) {
          break;
        }
        int length = block.position();
        boolean last = at + length >= size;
        if (last || !Arrays.equals(block.array(), 0, length, ZEROS, 0, length)) {
          out.write(block.flip(), at);
        }
      }
    }
  }
}
