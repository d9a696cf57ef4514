package dev.tidemark.storage.run;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.error.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads what {@link RunWriter} wrote. */
public final class RunBatch {
  private RunBatch() {}

  /**
   * Reads the records of a batch, copied; none of the one that ends a run.
   *
   * @throws MalformedException naming what is wrong
   */
  public static List<PackedRecord> decode(byte[] array, int offset, int length) {
    byte[] batch = Arrays.copyOfRange(array, offset, offset + length);
    ByteReader in = new ByteReader(batch);
    int count = in.items("records", RunCodec.MIN_RECORD_BYTES);
    List<PackedRecord> records = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      PackedRecord entry = PackedRecord.read(in, batch);
      if (i > 0 && records.get(i - 1).comparePlace(entry) > 0) {
        throw in.malformed("records of a run are out of order");
      }
      records.add(entry);
    }
    in.expectEnd();
    return records;
  }
}
