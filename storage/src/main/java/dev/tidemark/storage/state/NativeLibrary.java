package dev.tidemark.storage.state;

import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.UnpackedLibrary;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * Loads RocksDB's native library from a {@linkplain UnpackedLibrary stable place}. Where there is
 * none, or {@code ROCKSDB_SHAREDLIB_DIR} says otherwise, RocksDB does as it always does: unpacks 17
 * MB at every start.
 */
final class NativeLibrary {
  private static final String CHOSEN_BY_USER = "ROCKSDB_SHAREDLIB_DIR";

  private NativeLibrary() {}

  /** Loads the library unless that is done already. */
  static void load() {
    try {
      Loaded.once();
    } catch (LinkageError e) {
      throw new StoreUnusableException(
          Problem.of("RocksDB's native library cannot be loaded")
              .with("cause", e)
              .with("tmpdir", System.getProperty("java.io.tmpdir"))
              .advise("name a directory that may hold executable files with -Djava.io.tmpdir"),
          e);
    }
  }

  /** Loading happens in the initialiser of a class, which the JVM runs exactly once. */
  private static final class Loaded {
    static {
      loadNow();
    }

    static void once() {}
  }

  private static void loadNow() {
    Path unpacked = System.getenv(CHOSEN_BY_USER) == null ? unpacked() : null;
    if (unpacked != null) {
      try {
        RocksDB.loadLibrary(List.of(String.valueOf(unpacked.getParent())));
        return;
      } catch (UnsatisfiedLinkError e) {
        // A temporary directory without permission to execute, say: RocksDB may know another way.
      }
    }
    RocksDB.loadLibrary();
  }

  private static @Nullable Path unpacked() {
    String name = Environment.getJniLibraryFileName("rocksdb");
    // RocksDB appends "jni" to a name that has it already, when it is told where to look.
    String fileName = Environment.getJniLibraryFileName("rocksdbjni");
    return UnpackedLibrary.of(RocksDB.class.getResource("/" + name), "rocksdbjni", fileName);
  }
}
