package dev.tidemark.engine.operation;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import java.math.BigInteger;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** What a key means to a reader. */
public sealed interface Value {
  /** {@code lww-register}: the newest value, or none. */
  record Register(@Nullable Bytes value) implements Value {}

  /** {@code lww-register}, or a field of {@code lww-map}: a value that lies in the blob store. */
  record Large(LargeValue value) implements Value {}

  /** {@code epoch-max}: the greatest point, or none. */
  record Epoch(@Nullable EpochCount point) implements Value {}

  /** A point of an {@code epoch-max}: unsigned epoch, signed count. */
  record EpochCount(long epoch, long count) implements Comparable<EpochCount> {
    @Override
    public int compareTo(EpochCount other) {
      int byEpoch = Long.compareUnsigned(epoch, other.epoch);
      return byEpoch != 0 ? byEpoch : Long.compare(count, other.count);
    }
  }

  /** A counter: the exact sum. */
  record Counter(BigInteger sum) implements Value {}

  /** A set, or the siblings of an {@code mv-register}: sorted, each once. */
  record Elements(List<Bytes> elements) implements Value {}

  /** {@code ew-flag}. */
  record Flag(boolean enabled) implements Value {}

  /** A map: present fields only, sorted. */
  record Fields(SortedMap<Bytes, Value> fields) implements Value {}

  /** {@code journal}: events in (stamp, replica) order. */
  record Events(List<Bytes> events) implements Value {}
}
