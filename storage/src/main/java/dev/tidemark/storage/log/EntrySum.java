package dev.tidemark.storage.log;

import dev.tidemark.engine.codec.ByteWriter;
import java.util.zip.CRC32C;

/** The checksum of a segment: over the checksums of its entries, in order. */
final class EntrySum {
  private final CRC32C checksum = new CRC32C();
  private final ByteWriter bytes = new ByteWriter(Integer.BYTES);

  /** Takes the checksum of the next entry. */
  void add(int entryChecksum) {
    checksum.update(bytes.reset().i32(entryChecksum).buffer(), 0, Integer.BYTES);
  }

  int value() {
    return (int) checksum.getValue();
  }
}
