package dev.tidemark.storage.blob;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;

/** The one class that knows zstd. Its native library is loaded with the first large value. */
public final class Compression {
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
}
