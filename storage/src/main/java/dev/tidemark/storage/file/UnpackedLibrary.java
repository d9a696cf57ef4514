package dev.tidemark.storage.file;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Native libraries that come in jars, in a stable place. Left to themselves they are unpacked into
 * a new temporary file at every start, and a process that is killed leaves it behind.
 *
 * <p>One is unpacked once into {@code <java.io.tmpdir>/tidemark-<user>/<name>-<checksum>}: a
 * directory that only this user can write to, since whoever can place a library there runs code in
 * this process. It is written aside, forced and renamed, so that two starting processes cannot
 * disturb each other.
 */
public final class UnpackedLibrary {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private UnpackedLibrary() {}

  /**
   * The unpacked library, or null if it is in no jar, or there is no safe place for it.
   *
   * @param resource where it is
   * @param name what its directory is called
   * @param fileName what its file is called
   */
  public static @Nullable Path of(@Nullable URL resource, String name, String fileName) {
    try {
      if (resource == null || !(resource.openConnection() instanceof JarURLConnection jar)) {
        return null;
      }
      // The connection would otherwise share, and keep open, the class loader's own handle of the
      // jar.
      jar.setUseCaches(false);
      try (var file = jar.getJarFile()) {
        long size = jar.getJarEntry().getSize();
        String version = name + "-" + Long.toHexString(jar.getJarEntry().getCrc());
        Path directory = privateDirectory(privateDirectory(null, "tidemark-" + user()), version);
        Path library = directory.resolve(fileName);
        if (!Files.isRegularFile(library, LinkOption.NOFOLLOW_LINKS)
            || Files.size(library) != size) {
          try (InputStream in = file.getInputStream(jar.getJarEntry())) {
            unpack(in, library);
          }
        }
        return library;
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
      } catch (FileAlreadyExistsException e) {
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
  private static UserPrincipal me(Path within) throws IOException {
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
