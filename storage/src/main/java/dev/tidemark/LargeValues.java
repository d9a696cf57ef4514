package dev.tidemark;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.operation.Arguments;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.blob.BlobSource;
import dev.tidemark.storage.blob.SweepReport;
import dev.tidemark.storage.core.LargeData;
import dev.tidemark.storage.core.SnapshotKeeper;
import dev.tidemark.storage.core.StoreCore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values of an {@code lww-register}, or of a field of an {@code lww-map}, as streams: of up to 2
 * TiB, in bounded memory. What the log, the state and peers' commits hold of such a value is its
 * length and a hash; its bytes are chunks of 1 MiB in {@code blobs/}, stored once however often
 * they occur, compressed where it helps, and verified when they are read.
 */
public final class LargeValues {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int COPY_BYTES = 1 << 16;

  private final StoreCore core;
  private final SnapshotKeeper keeper;
  private final LargeData data;

  LargeValues(StoreCore core, SnapshotKeeper keeper) {
    this.core = core;
    this.keeper = keeper;
    this.data = core.largeData();
  }

  /**
   * Begins to write the value of an {@code lww-register}, of any length.
   *
   * @throws IllegalArgumentException if the key has another strategy
   */
  public LargeOutput write(String key) {
    return new LargeOutput(data, require(key, Strategy.LWW_REGISTER), null);
  }

  /** The same of a field of an {@code lww-map}. */
  public LargeOutput write(String key, Bytes field) {
    return new LargeOutput(data, require(key, Strategy.LWW_MAP), Arguments.element(field));
  }

  /**
   * Writes all that a stream gives; the key has it once this returns, and is as it was if the
   * stream fails.
   *
   * @return the log position
   */
  public long put(String key, InputStream in) throws IOException {
    return put(write(key), in);
  }

  /** The same of a field of an {@code lww-map}. */
  public long put(String key, Bytes field, InputStream in) throws IOException {
    return put(write(key, field), in);
  }

  private static long put(LargeOutput out, InputStream in) throws IOException {
    boolean whole = false;
    try {
      byte[] buffer = new byte[COPY_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
      }
      whole = true;
    } finally {
      if (whole) {
        out.close();
      } else {
        out.abandon();
      }
    }
    return out.position();
  }

  /**
   * The value of an {@code lww-register} as a stream, however short or long; empty if it has none.
   * Close it: a sweep waits for it. A read of it throws {@link
   * dev.tidemark.error.MissingDataException} where a chunk is not here, and {@link
   * dev.tidemark.error.DamagedException} where one is not what was written.
   */
  public Optional<InputStream> read(String key) {
    return read(require(key, Strategy.LWW_REGISTER), null);
  }

  /** The same of a field of an {@code lww-map}. */
  public Optional<InputStream> read(String key, Bytes field) {
    return read(require(key, Strategy.LWW_MAP), Arguments.element(field));
  }

  private Optional<InputStream> read(Bytes key, @Nullable Bytes field) {
    CellRange cells = field == null ? CellRange.only(Bytes.EMPTY) : CellRange.only(field);
    return data.reading(
        open -> {
          Value whole =
              core.views().read(key, cells, core.namespace(key).strategy().lattice()::value);
          Value value = field == null ? whole : ((Value.Fields) whole).fields().get(field);
          if (value instanceof Value.Large large) {
            return Optional.of(open.apply(large.value()));
          }
          Bytes bytes = value == null ? null : ((Value.Register) value).value();
          return Optional.ofNullable(bytes).map(b -> new ByteArrayInputStream(b.array()));
        });
  }

  /**
   * Waits until all the large values that a key has now are here: after a commit came whose sender
   * did not have them. Another thread may {@link #fetch} them meanwhile.
   *
   * @return false if they were not within the given time
   */
  public boolean awaitData(String key, Duration timeout) throws InterruptedException {
    return data.await(Arguments.key(Bytes.utf8(key)), timeout);
  }

  /**
   * Copies from elsewhere what is missing of the large values that a key has now. Each chunk is
   * verified; what was copied stays if it fails, and the next call goes on from there.
   *
   * @param from another store's {@link #source}, or whatever else gives chunks
   * @return how many bytes were copied, as they are stored
   * @throws dev.tidemark.error.MissingDataException if not all is there either
   * @throws dev.tidemark.error.DamagedException if something else is sent than was asked for
   */
  public long fetch(String key, BlobSource from) {
    return data.fetch(Arguments.key(Bytes.utf8(key)), from);
  }

  /** The same for a value that something in this store refers to. */
  public long fetch(LargeValue value, BlobSource from) {
    return data.fetch(value, from);
  }

  /**
   * Shows the values that keys have now and that are not all here, some more than once. Looks at
   * all keys that may have any, and ends soon when the store is closed, which it must not outlive.
   *
   * @param pace is run between portions of the work; may throw to end it
   */
  public void missing(Runnable pace, Consumer<LargeValue> visitor) {
    data.missing(pace, visitor);
  }

  /** Where another store can {@link #fetch} from. */
  public BlobSource source() {
    return data.source();
  }

  /**
   * Removes the chunks that nothing refers to any more: not the log, the state, a snapshot, or a
   * stream that is open, for which it waits up to a minute. The store does it by itself after the
   * log was folded or cut.
   */
  public SweepReport sweep() {
    return keeper.sweep(PATIENCE, () -> {});
  }

  private Bytes require(String key, Strategy wanted) {
    Bytes bytes = Arguments.key(Bytes.utf8(key));
    Strategy strategy = core.namespace(bytes).strategy();
    if (strategy != wanted) {
      throw Problem.of("key has another strategy")
          .with("strategy", strategy)
          .with("wanted", wanted)
          .advise("large values are those of lww-register, and of the fields of lww-map")
          .illegalArgument();
    }
    return bytes;
  }
}
