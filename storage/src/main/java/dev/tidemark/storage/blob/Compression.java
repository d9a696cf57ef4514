package dev.tidemark.storage.blob;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.util.Native;
import com.github.luben.zstd.util.ZstdVersion;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.UnpackedLibrary;
import java.net.URL;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The one class that knows zstd. Its native library is loaded with the first large value, from a
 * {@linkplain UnpackedLibrary stable place}; where there is none, or {@value #CHOSEN_BY_USER} says
 * otherwise, zstd does as it always does: unpacks it at every start.
 */
public final class Compression {
  private static final String CHOSEN_BY_USER = "ZstdNativePath";

  /** The fastest that still helps: the disk is to be what is waited for. */
  private static final int LEVEL = 1;

  /** Less than an eighth is not worth what it costs to read. */
  private static final int WORTHWHILE_SHARE = 8;

  private static final int WORTHWHILE_BYTES = 64;

  private Compression() {}

  /**
   * Compresses.
   *
   * @param into as long as the content at least
   * @return how many bytes were written; 0 if it does not help
   */
  public static int compress(byte[] content, int length, byte[] into) {
    if (length < WORTHWHILE_BYTES) {
      return 0;
    }
    int most = length - length / WORTHWHILE_SHARE;
    try {
      return (int) loaded(() -> Zstd.compressByteArray(into, 0, most, content, 0, length, LEVEL));
    } catch (ZstdException e) {
      if (e.getErrorCode() == Zstd.errDstSizeTooSmall()) {
        // An error to the library, to us the sign that it does not help.
        return 0;
      }
      throw e;
    }
  }

  /** Whether an array's bytes decompress to exactly so many. */
  public static boolean decompress(byte[] from, int at, int bytes, byte[] into, int length) {
    try {
      return loaded(() -> Zstd.decompressByteArray(into, 0, length, from, at, bytes)) == length;
    } catch (ZstdException notAFrame) {
      return false;
    }
  }

  private interface Call {
    long run();
  }

  private static long loaded(Call call) {
    try {
      Library.load();
      return call.run();
    } catch (LinkageError e) {
      throw new StoreUnusableException(
          Problem.of("zstd's native library cannot be loaded")
              .with("cause", e)
              .with("tmpdir", System.getProperty("java.io.tmpdir"))
              .advise("name a directory that may hold executable files with -Djava.io.tmpdir"),
          e);
    }
  }

  /** Loading happens in the initialiser of a class, which the JVM runs exactly once. */
  private static final class Library {
    static {
      Path unpacked = System.getProperty(CHOSEN_BY_USER) == null ? unpacked() : null;
      if (unpacked != null) {
        load(unpacked);
      }
    }

    private Library() {}

    static void load() {}

    /**
     * Told by a property, zstd loads it itself, into the class loader that its own classes have.
     */
    private static void load(Path unpacked) {
      System.setProperty(CHOSEN_BY_USER, unpacked.toString());
      try {
        Native.load();
      } catch (UnsatisfiedLinkError e) {
        // A temporary directory without permission to execute, say: zstd may know another way.
      } finally {
        System.clearProperty(CHOSEN_BY_USER);
      }
    }

    private static @Nullable Path unpacked() {
      String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
      boolean isMac = system.startsWith("mac");
      String folder = isMac ? "darwin" : system;
      String cpu = System.getProperty("os.arch", "");
      String name = "libzstd-jni-" + ZstdVersion.VERSION + (isMac ? ".dylib" : ".so");
      String architecture = isMac && cpu.equals("amd64") ? "x86_64" : cpu;
      URL resource = Zstd.class.getResource("/" + folder + "/" + architecture + "/" + name);
      return UnpackedLibrary.of(resource, "zstd-jni", name);
    }
  }
}
