package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.MissingDataException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.file.BlobFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Reads every chunk that something refers to, once, and looks for those that nothing refers to. It
 * writes nothing. In a store that another process has open, a chunk that was dropped and swept in
 * between shows as missing.
 *
 * <p>Memory: as a sweep, at most 43 bytes for each chunk, for each value of more than one, and
 * again for each chunk that cannot be read.
 */
public final class BlobCheck {
  private final ChunkFiles chunks;
  private final BlobFiles files;
  private final Consumer<BlobFinding> findings;
  private final Runnable pace;
  private final ChunkSet values = new ChunkSet();
  private final ChunkSet seen = new ChunkSet();
  private final ChunkSet unreadable = new ChunkSet();
  private boolean isComplete;
  private long incomplete;
  private long whole;
  private long bytes;
  private long missing;
  private long damaged;
  private long unreferenced;
  private long unreferencedBytes;

  private BlobCheck(StoreFiles store, Consumer<BlobFinding> findings, Runnable pace) {
    this.files = new BlobFiles(store.blobs());
    this.chunks = new ChunkFiles(files);
    this.findings = findings;
    this.pace = pace;
  }

  /**
   * Checks the chunks of a store.
   *
   * @param findings is told of each chunk that is missing or damaged, once
   * @param pace is run between portions of the work; may throw to end it
   * @throws StoreUnusableException if a directory cannot be listed
   */
  public static BlobReport run(
      StoreFiles store, BlobReferences references, Consumer<BlobFinding> findings, Runnable pace) {
    BlobCheck check = new BlobCheck(store, findings, pace);
    references.forEach(check::value);
    check.others();
    return new BlobReport(
        check.values.size(),
        check.incomplete,
        check.whole,
        check.bytes,
        check.missing,
        check.damaged,
        check.unreferenced,
        check.unreferencedBytes);
  }

  private void value(LargeValue value) {
    if (values.add(KeptChunks.nameOf(value))) {
      isComplete = true;
      TreeReader tree = new TreeReader(chunks, value);
      tree.walk((height, index, hash) -> chunk(value, tree, height, index, hash));
      incomplete += isComplete ? 0 : 1;
    }
  }

  /** Whether it could be read, and what it lists is known. */
  private boolean chunk(LargeValue value, TreeReader tree, int height, long index, Bytes hash) {
    pace.run();
    boolean isNew = seen.add(hash);
    if (!isNew && height == 0) {
      isComplete &= !unreadable.contains(hash);
      // Whole or not, that is known; its length in this value is that of its content, or not.
      return false;
    }
    try {
      tree.content(height, index);
    } catch (TidemarkException e) {
      isComplete = false;
      if (!(e instanceof MalformedException)) {
        unreadable.add(hash);
      }
      if (isNew || e instanceof MalformedException) {
        report(value, hash, e);
      }
      return false;
    }
    if (isNew) {
      whole++;
      bytes += files.chunk(hash).toFile().length();
    }
    return true;
  }

  private void report(LargeValue value, Bytes hash, TidemarkException e) {
    BlobFinding.Kind kind;
    if (e instanceof MissingDataException) {
      missing++;
      kind = BlobFinding.Kind.MISSING;
    } else {
      damaged++;
      kind =
          e instanceof MalformedException ? BlobFinding.Kind.MISPLACED : BlobFinding.Kind.DAMAGED;
    }
    findings.accept(
        new BlobFinding(kind, value, hash, files.chunk(hash), String.valueOf(e.getMessage())));
  }

  private void others() {
    for (int number = 0; number < BlobFiles.DIRECTORIES; number++) {
      Path directory = files.numbered(number);
      try (Stream<Path> entries = Files.list(directory)) {
        entries.forEach(this::other);
      } catch (NoSuchFileException none) {
        // No chunk begins with this byte.
      } catch (IOException e) {
        throw new StoreUnusableException(
            Problem.of("directory of large values cannot be listed")
                .with("directory", directory)
                .with("cause", e),
            e);
      }
    }
  }

  private void other(Path file) {
    BlobFiles.hash(file)
        .filter(hash -> !seen.contains(hash))
        .ifPresent(
            hash -> {
              unreferenced++;
              unreferencedBytes += file.toFile().length();
            });
  }
}
