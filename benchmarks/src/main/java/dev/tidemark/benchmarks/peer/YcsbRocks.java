package dev.tidemark.benchmarks.peer;

import dev.tidemark.benchmarks.baseline.RocksBaseline;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import site.ycsb.ByteArrayByteIterator;
import site.ycsb.ByteIterator;
import site.ycsb.Status;

/** YCSB's records each as one value in RocksDB: an update of a field reads and writes all. */
public final class YcsbRocks extends YcsbDb {
  private static final int LARGEST = 1 << 16;

  private final RocksBaseline rocks;

  /** Over an open database, which it does not close. */
  public YcsbRocks(RocksBaseline rocks) {
    this.rocks = rocks;
  }

  @Override
  public Status read(
      String table, String key, @Nullable Set<String> fields, Map<String, ByteIterator> result) {
    byte[] record = rocks.get(key);
    if (record == null) {
      return Status.NOT_FOUND;
    }
    decode(record)
        .forEach(
            (field, value) -> {
              if (fields == null || fields.contains(field)) {
                result.put(field, new ByteArrayByteIterator(value));
              }
            });
    return Status.OK;
  }

  @Override
  public Status update(String table, String key, Map<String, ByteIterator> values) {
    byte[] before = rocks.get(key);
    Map<String, byte[]> record = before == null ? new LinkedHashMap<>() : decode(before);
    values.forEach((field, value) -> record.put(field, value.toArray()));
    rocks.put(key, encode(record));
    return Status.OK;
  }

  private static Map<String, byte[]> decode(byte[] record) {
    Map<String, byte[]> fields = new LinkedHashMap<>();
    ByteBuffer in = ByteBuffer.wrap(record);
    while (in.hasRemaining()) {
      byte[] field = next(in);
      fields.put(new String(field, StandardCharsets.UTF_8), next(in));
    }
    return fields;
  }

  private static byte[] next(ByteBuffer in) {
    byte[] bytes = new byte[in.getShort()];
    in.get(bytes);
    return bytes;
  }

  private static byte[] encode(Map<String, byte[]> record) {
    ByteBuffer out = ByteBuffer.allocate(LARGEST);
    record.forEach(
        (field, value) -> {
          byte[] name = field.getBytes(StandardCharsets.UTF_8);
          out.putShort((short) name.length).put(name);
          out.putShort((short) value.length).put(value);
        });
    return Arrays.copyOf(out.array(), out.position());
  }
}
