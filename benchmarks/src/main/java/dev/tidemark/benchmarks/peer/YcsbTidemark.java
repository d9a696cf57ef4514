package dev.tidemark.benchmarks.peer;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.type.LwwMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import site.ycsb.ByteArrayByteIterator;
import site.ycsb.ByteIterator;
import site.ycsb.Status;

/** YCSB's records as {@code lww-map}s under their keys, a field a cell. */
public final class YcsbTidemark extends YcsbDb {
  private final Tidemark store;

  /** Over a store whose schema has the prefix {@code user} for lww-maps. */
  public YcsbTidemark(Tidemark store) {
    this.store = store;
  }

  private LwwMap<String, byte[]> record(String key) {
    return store.lwwMap(key, Codec.utf8(), Codec.bytes());
  }

  @Override
  public Status read(
      String table, String key, @Nullable Set<String> fields, Map<String, ByteIterator> result) {
    if (fields == null) {
      record(key)
          .entries()
          .forEach(entry -> result.put(entry.getKey(), iterator(entry.getValue())));
      return result.isEmpty() ? Status.NOT_FOUND : Status.OK;
    }
    for (String field : fields) {
      Optional<byte[]> value = record(key).get(field);
      value.ifPresent(bytes -> result.put(field, iterator(bytes)));
    }
    return result.isEmpty() ? Status.NOT_FOUND : Status.OK;
  }

  @Override
  public Status update(String table, String key, Map<String, ByteIterator> values) {
    store.commit(
        batch -> {
          LwwMap<String, byte[]> record = batch.lwwMap(key, Codec.utf8(), Codec.bytes());
          values.forEach((field, value) -> record.put(field, value.toArray()));
        });
    return Status.OK;
  }

  private static ByteIterator iterator(byte[] value) {
    return new ByteArrayByteIterator(value);
  }
}
