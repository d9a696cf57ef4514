package dev.tidemark.type;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.operation.Value.EpochCount;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.Problem;
import java.util.Optional;

/**
 * A key of strategy {@code epoch-max}: the greatest (epoch, count) put since the newest delete,
 * compared by epoch, unsigned, then by count, signed. A put that arrives late, with a version older
 * than a delete that was seen, stays deleted.
 *
 * <p>Its payload is 16 bytes: the epoch as a big-endian unsigned 64-bit number, then the count as a
 * big-endian signed one.
 */
public final class EpochMax extends Handle {
  /** The length of a payload. */
  public static final int PAYLOAD_BYTES = 2 * Long.BYTES;

  /**
   * The handle of a key.
   *
   * @throws IllegalArgumentException if the key has another strategy
   */
  public EpochMax(KeyAccess access) {
    super(access, Strategy.EPOCH_MAX);
  }

  /**
   * Puts a point; it shows if it is greater than all others. Reads nothing.
   *
   * @param epoch unsigned
   * @param count signed
   * @return the log position
   */
  public long put(long epoch, long count) {
    return access.update(new Update.PutEpoch(epoch, count));
  }

  /**
   * Puts the point of a payload.
   *
   * @return the log position
   * @throws IllegalArgumentException if it is not {@link #PAYLOAD_BYTES} long
   */
  public long put(byte[] payload) {
    if (payload.length != PAYLOAD_BYTES) {
      throw Problem.of("epoch-max payload has a wrong length")
          .with("bytes", payload.length)
          .with("wanted", PAYLOAD_BYTES)
          .advise("give the epoch and then the count as 8 big-endian bytes each")
          .illegalArgument();
    }
    ByteReader in = new ByteReader(payload);
    return put(in.i64BigEndian(), in.i64BigEndian());
  }

  /** The greatest point, or none if nothing was put since the newest delete. Reads one cell. */
  public Optional<EpochCount> get() {
    return Optional.ofNullable(value(Value.Epoch.class).point());
  }

  /** The greatest point as a payload. */
  public Optional<byte[]> payload() {
    return get().map(EpochMax::encode);
  }

  /**
   * Deletes every point put so far; a later put brings the key back, also with a smaller point.
   *
   * @return the log position
   */
  public long delete() {
    return access.update(new Update.Delete());
  }

  /** This handle with another durability for its updates. */
  public EpochMax with(Durability durability) {
    return new EpochMax(access.with(durability));
  }

  private static byte[] encode(EpochCount point) {
    ByteWriter out = new ByteWriter(PAYLOAD_BYTES);
    return out.i64BigEndian(point.epoch()).i64BigEndian(point.count()).toByteArray();
  }
}
