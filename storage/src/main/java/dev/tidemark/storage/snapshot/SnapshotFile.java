package dev.tidemark.storage.snapshot;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;

/**
 * One file of a snapshot, as it has to be.
 *
 * @param name its name in the snapshot's directory of files
 * @param length its length in bytes
 * @param sha256 the hash of its bytes
 */
public record SnapshotFile(String name, long length, Bytes sha256) {
  static final int MIN_BYTES = 1 + Long.BYTES + FileHash.BYTES;
  private static final int MAX_NAME_BYTES = 255;

  void encode(ByteWriter out) {
    out.bytes(Bytes.utf8(name)).i64(length).raw(sha256.array());
  }

  static SnapshotFile decode(ByteReader in) {
    Bytes name = Bytes.wrap(in.bytes("file name", MAX_NAME_BYTES));
    // A manifest may come from elsewhere: its names must not lead out of the directory.
    if (!name.isUtf8() || name.length() == 0 || name.toUtf8().contains("/") || isDots(name)) {
      throw in.malformed("file name is not one of a file");
    }
    return new SnapshotFile(name.toUtf8(), in.i64(), Bytes.wrap(in.raw(FileHash.BYTES)));
  }

  private static boolean isDots(Bytes name) {
    String text = name.toUtf8();
    return text.equals(".") || text.equals("..") || text.indexOf('\\') >= 0;
  }

  @Override
  public String toString() {
    return length + " bytes, sha256 " + FileHash.hex(sha256);
  }
}
