package dev.tidemark.storage.blob;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.storage.file.BlobFiles;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Blob stores without a store around them. */
final class Blobs {
  static final int MIB = 1 << 20;

  private Blobs() {}

  static BlobStore open(Path directory) {
    return open(directory, DurableFiles.standard());
  }

  static BlobStore open(Path directory, DurableFiles disk) {
    return new BlobStore(new StoreFiles(directory), disk, 0);
  }

  static BlobFiles files(Path directory) {
    return new BlobFiles(new StoreFiles(directory).blobs());
  }

  /** Bytes that do not compress. */
  static byte[] noise(long seed, int length) {
    byte[] bytes = new byte[length];
    SplittableRandom random = new SplittableRandom(seed);
    random.nextBytes(bytes);
    return bytes;
  }

  static LargeValue write(Visit visit, byte[] content) {
    try (BlobOutput out = visit.write()) {
      out.write(content, 0, content.length);
      return out.finish();
    }
  }

  static LargeValue write(BlobStore store, byte[] content) {
    try (Visit visit = store.visit()) {
      return write(visit, content);
    }
  }

  static byte[] read(BlobStore store, LargeValue value) {
    try (Visit visit = store.visit();
        BlobInput in = visit.read(value)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SweepReport sweep(BlobStore store, Collection<LargeValue> references) {
    return store.sweep(references::forEach, Duration.ZERO, () -> {});
  }

  /** The files of all chunks. */
  static List<Path> chunks(Path directory) {
    Path blobs = files(directory).directory();
    if (!Files.exists(blobs)) {
      return List.of();
    }
    try (Stream<Path> tree = Files.walk(blobs)) {
      return tree.filter(path -> BlobFiles.hash(path).isPresent()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static long bytes(List<Path> files) {
    return files.stream().mapToLong(file -> file.toFile().length()).sum();
  }
}
