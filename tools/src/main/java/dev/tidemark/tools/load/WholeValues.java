package dev.tidemark.tools.load;

import dev.tidemark.LargeValues;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Value;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.TreeMap;

/** Values as they were written: those that lie in the blob store are read from there. */
final class WholeValues {
  private final LargeValues large;

  WholeValues(Tidemark store) {
    this.large = store.largeValues();
  }

  /**
   * A value of a key that nobody writes to meanwhile.
   *
   * @throws dev.tidemark.error.MissingDataException if a chunk of it is not there
   * @throws dev.tidemark.error.DamagedException if one is not what was written
   */
  Value of(String key, Value value) {
    if (value instanceof Value.Large) {
      return register(large.read(key));
    } else if (value instanceof Value.Fields map) {
      TreeMap<Bytes, Value> fields = new TreeMap<>(map.fields());
      fields.replaceAll(
          (field, held) -> held instanceof Value.Large ? register(large.read(key, field)) : held);
      return new Value.Fields(fields);
    }
    return value;
  }

  private static Value register(Optional<InputStream> value) {
    if (value.isEmpty()) {
      return new Value.Register(null);
    }
    try (InputStream in = value.get()) {
      return new Value.Register(Bytes.wrap(in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
