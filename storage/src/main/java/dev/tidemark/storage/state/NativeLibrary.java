package dev.tidemark.storage.state;

import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * Loads RocksDB's native library from a stable place. Left to itself, RocksDB unpacks 17 MB into a
 * new temporary file at every start, and a process that is killed leaves it behind.
 *
 * <p>The library is unpacked once into {@code
 * <java.io.tmpdir>/tidemark-<user>/rocksdbjni-<checksum>}: a directory that only this user can
 * write to, since whoever can place a library there runs code in this process. It is written aside,
 * forced and renamed, so that two starting processes cannot disturb each other. Wherever this
 * cannot be done, or {@code ROCKSDB_SHAREDLIB_DIR} says otherwise, RocksDB does as it always does.
 */
final class NativeLibrary {
  private static final String CHOSEN_BY_USER = "ROCKSDB_SHAREDLIB_DIR";
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

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
        RocksDB.loadLibrary(List.of(unpacked.toString()));
        return;
      } catch (UnsatisfiedLinkError e) {
        // A temporary directory without permission to execute, say: RocksDB may know another way.
      }
    }
    RocksDB.loadLibrary();
  }

  /** The directory that holds the unpacked library, or null if there is no safe one. */
  private static @Nullable Path unpacked() {
    String name = Environment.getJniLibraryFileName("rocksdb");
    URL resource = RocksDB.class.getResource("/" + name);
    try {
      if (resource == null || !(resource.openConnection() instanceof JarURLConnection jar)) {
        return null;
      }
      // The connection would otherwise share, and keep open, the class loader's own handle of the
      // jar.
      jar.setUseCaches(false);
      try (var file = jar.getJarFile()) {
        long size = jar.getJarEntry().getSize();
        String version = "rocksdbjni-" + Long.toHexString(jar.getJarEntry().getCrc());
        Path directory = privateDirectory(privateDirectory(null, "tidemark-" + user()), version);
        // RocksDB appends "jni" to a name that has it already, when it is told where to look.
        Path library = directory.resolve(Environment.getJniLibraryFileName("rocksdbjni"));
        if (!Files.isRegularFile(library, LinkOption.NOFOLLOW_LINKS)
            || Files.size(library) != size) {
          try (InputStream in = file.getInputStream(jar.getJarEntry())) {
            unpack(in, library);
          }
        }
        return directory;
      }
    } catch (IOException | UnsupportedOperationException | SecurityException e) {
      return null;
    }
  }

  private static Path privateDirectory(@Nullable Path parent, String name) throws IOException {
    Path within = parent == null ? Path.of(System.getProperty("java.io.tmpdir")) : parent;
    Path directory = within.resolve(name);
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(PRIVATE));
      } catch (java.nio.file.FileAlreadyExistsException e) {
        // Another process was faster; whether it was one of ours is checked below.
      }
    }
    boolean ours =
        Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
            && Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS).equals(PRIVATE)
            && Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(me(within));
    if (!ours) {
      throw new IOException("not a private directory: " + directory);
    }
    return directory;
  }

  /**
   * This process's user, as the file system knows it: the owner of a file that it has just made.
   */
  private static java.nio.file.attribute.UserPrincipal me(Path within) throws IOException {
    Path probe = Files.createTempFile(within, "tidemark", null);
    try {
      return Files.getOwner(probe);
    } finally {
      Files.delete(probe);
    }
  }

  private static void unpack(InputStream in, Path library) throws IOException {
    Path aside = Files.createTempFile(library.toAbsolutePath().getParent(), "unpacking", null);
    try {
      Files.copy(in, aside, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(aside, library, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(aside);
    }
  }

  private static String user() {
    return System.getProperty("user.name", "unknown").replaceAll("[^A-Za-z0-9._-]", "_");
  }
}
