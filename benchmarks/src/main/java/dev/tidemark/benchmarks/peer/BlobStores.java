package dev.tidemark.benchmarks.peer;

import dev.tidemark.benchmarks.baseline.RocksBaseline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stores that a serialised CRDT is put into. */
public final class BlobStores {
  private BlobStores() {}

  /** Each of them. */
  public static List<Kind> all() {
    return List.of(
        new Kind("RocksDB", BlobStores::rocks),
        new Kind("H2 MVStore", MvBlobs::new),
        new Kind("Xodus", XodusBlobs::new),
        new Kind("SQLite", SqliteBlobs::new));
  }

  private static BlobStore rocks(Path directory) throws Exception {
    RocksBaseline rocks = new RocksBaseline(directory);
    return new BlobStore() {
      @Override
      public byte @Nullable [] get(byte[] key) {
        return rocks.get(key);
      }

      @Override
      public void put(byte[] key, byte[] value) {
        rocks.put(key, value);
      }

      @Override
      public void close() {
        rocks.close();
      }
    };
  }

  /** A kind of store, and how it is opened in a directory. */
  public record Kind(String name, Opener opener) {
    /** Opens one in a directory, which it makes. */
    public BlobStore open(Path directory) throws Exception {
      Files.createDirectories(directory);
      return opener.open(directory);
    }
  }

  /** Opens a store in a directory. */
  @FunctionalInterface
  public interface Opener {
    /** Opens it. */
    BlobStore open(Path directory) throws Exception;
  }
}
