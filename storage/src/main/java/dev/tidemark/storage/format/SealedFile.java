package dev.tidemark.storage.format;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The content of a file of ours with its header and footer: see {@link SealedFileLayout}. The wrong
 * file, a damaged one, one too old and one too new are four different failures.
 */
public final class SealedFile {
  private final int version;
  private final byte[] storeId;
  private final ByteReader content;

  private SealedFile(int version, byte[] storeId, ByteReader content) {
    this.version = version;
    this.storeId = storeId;
    this.content = content;
  }

  /** The format version it was written in. */
  public int version() {
    return version;
  }

  /** The store it belongs to. */
  public byte[] storeId() {
    return storeId.clone();
  }

  /** What it holds. */
  public ByteReader content() {
    return content;
  }

  /** The bytes of a file with the given content. */
  public static byte[] seal(FileKind kind, byte[] storeId, ByteWriter content) {
    if (storeId.length != SealedFileLayout.STORE_ID_BYTES) {
      throw Problem.of("store id is not 16 bytes").with("bytes", storeId.length).illegalArgument();
    }
    ByteWriter out =
        new ByteWriter(SealedFileLayout.CONTENT + content.length() + SealedFileLayout.FOOTER_BYTES);
    out.i32(kind.magic()).u16(kind.version()).u16(0).raw(storeId);
    out.raw(content.buffer(), 0, content.length());
    return out.i32(crc(out.buffer(), out.length())).toByteArray();
  }

  /**
   * Checks the bytes of a file and opens its content.
   *
   * @param expectedStoreId the store it must belong to, or null to accept any
   * @throws DamagedException if it is cut or changed
   * @throws StoreUnusableException if it is another kind of file, another store's, too old or too
   *     new
   */
  public static SealedFile open(
      FileKind kind, Path file, byte[] bytes, byte @Nullable [] expectedStoreId) {
    int end = bytes.length - SealedFileLayout.FOOTER_BYTES;
    if (end < SealedFileLayout.CONTENT) {
      throw damaged(kind, file, "at least 28 bytes", bytes.length + " bytes");
    }
    ByteReader header = new ByteReader(bytes);
    int magic = header.i32();
    if (magic != kind.magic()) {
      throw new StoreUnusableException(
          Problem.of("file is of another kind")
              .with("file", file)
              .with("expected", kind.name() + " " + Integer.toHexString(kind.magic()))
              .with("actual", Integer.toHexString(magic)));
    }
    int expected = new ByteReader(bytes, end, SealedFileLayout.FOOTER_BYTES).i32();
    int actual = crc(bytes, end);
    if (actual != expected) {
      throw damaged(
          kind,
          file,
          "crc32c " + Integer.toHexString(expected),
          "crc32c " + Integer.toHexString(actual));
    }
    int version = header.u16();
    checkVersion(kind, file, version);
    header.skip(Short.BYTES);
    byte[] storeId = header.raw(SealedFileLayout.STORE_ID_BYTES);
    if (expectedStoreId != null && !Arrays.equals(storeId, expectedStoreId)) {
      throw new StoreUnusableException(
          Problem.of("file belongs to another store")
              .with("file", file)
              .with("expected", HexFormat.of().formatHex(expectedStoreId))
              .with("actual", HexFormat.of().formatHex(storeId))
              .advise("put back the file of this store"));
    }
    ByteReader content =
        new ByteReader(bytes, SealedFileLayout.CONTENT, end - SealedFileLayout.CONTENT);
    return new SealedFile(version, storeId, content);
  }

  private static void checkVersion(FileKind kind, Path file, int version) {
    if (version < kind.oldestVersion()) {
      throw new StoreUnusableException(
          Problem.of("file format is too old")
              .with("file", file)
              .with("oldest readable", kind.oldestVersion())
              .with("actual", version)
              .advise("open it with the version that wrote it"));
    }
    if (version > kind.version()) {
      throw new StoreUnusableException(
          Problem.of("file format is too new")
              .with("file", file)
              .with("newest readable", kind.version())
              .with("actual", version)
              .advise("open it with a newer version of this library"));
    }
  }

  private static DamagedException damaged(
      FileKind kind, Path file, String expected, String actual) {
    return new DamagedException(
        Problem.of("file is damaged")
            .with("kind", kind.name())
            .with("file", file)
            .with("expected", expected)
            .with("actual", actual)
            .advise("repair the store from a peer or a snapshot"));
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
