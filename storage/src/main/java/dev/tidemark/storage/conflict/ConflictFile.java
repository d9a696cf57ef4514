package dev.tidemark.storage.conflict;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.error.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * One file of the conflict journal, as it is read: a header, then records to the end, or to the
 * first that is not whole.
 *
 * <pre>
 *   0       4         8          24
 *   +-------+---------+----------+------------------------------------+
 *   | magic | version | store id | records: length u32, CRC32C u32,   |
 *   | u32   | u32     | 16 bytes | then that many bytes of a conflict |
 *   +-------+---------+----------+------------------------------------+
 * </pre>
 *
 * @param records what it holds, oldest first
 * @param end the offset behind the last whole record; 0 if the file is none of this store's
 * @param length the file's length
 */
record ConflictFile(List<Item> records, long end, long length) {
  static final int HEADER_BYTES = 24;
  private static final int RECORD_HEADER_BYTES = 8;
  // "TMCF"
  private static final int MAGIC = 0x46434d54;
  private static final int VERSION = 1;
  private static final ConflictFile NONE = new ConflictFile(List.of(), 0, 0);

  /** No file of ours grows as long. */
  private static final long MOST_BYTES = 16 << 20;

  /** A conflict and the offset behind it. */
  record Item(Conflict conflict, long end) {}

  static byte[] header(byte[] storeId) {
    return new ByteWriter(HEADER_BYTES).i32(MAGIC).i32(VERSION).raw(storeId).toByteArray();
  }

  static byte[] record(Conflict conflict) {
    ByteWriter body = new ByteWriter(256);
    ConflictCodec.encode(conflict, body);
    ByteWriter out = new ByteWriter(RECORD_HEADER_BYTES + body.length());
    out.i32(body.length()).i32(checksum(body.buffer(), 0, body.length()));
    return out.raw(body.buffer(), 0, body.length()).toByteArray();
  }

  private static int checksum(byte[] bytes, int offset, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, offset, length);
    return (int) checksum.getValue();
  }

  /** Reads a file as far as it is whole; one that is missing holds nothing. */
  static ConflictFile read(Path path, byte[] storeId) throws IOException {
    byte[] bytes;
    try {
      if (Files.size(path) > MOST_BYTES) {
        return new ConflictFile(List.of(), 0, Files.size(path));
      }
      bytes = Files.readAllBytes(path);
    } catch (NoSuchFileException none) {
      return NONE;
    }
    byte[] header = header(storeId);
    if (bytes.length < header.length
        || !Arrays.equals(header, Arrays.copyOf(bytes, header.length))) {
      return new ConflictFile(List.of(), 0, bytes.length);
    }
    List<Item> items = new ArrayList<>();
    int at = HEADER_BYTES;
    while (bytes.length - at >= RECORD_HEADER_BYTES) {
      ByteReader in = new ByteReader(bytes, at, RECORD_HEADER_BYTES);
      int length = in.i32();
      int checksum = in.i32();
      int from = at + RECORD_HEADER_BYTES;
      if (length < 1 || length > bytes.length - from || checksum(bytes, from, length) != checksum) {
        break;
      }
      try {
        Conflict conflict = ConflictCodec.decode(new ByteReader(bytes, from, length));
        items.add(new Item(conflict, (long) from + length));
      } catch (MalformedException notOurs) {
        break;
      }
      at = from + length;
    }
    return new ConflictFile(List.copyOf(items), at, bytes.length);
  }

  /** Whether something behind the last whole record is not. */
  boolean isTorn() {
    return end < length;
  }
}
