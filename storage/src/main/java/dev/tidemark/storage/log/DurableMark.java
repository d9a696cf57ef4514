package dev.tidemark.storage.log;

import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.FileChannels;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Up to which position the log is known to be forced, kept outside the log: a bad entry behind the
 * mark is a write that a crash tore and may be cut; one before it is damage to what was promised,
 * and is not touched. Were the mark in the log, it would vanish with the tail it vouches for.
 *
 * <p>{@link #advance} writes the slot that does not hold the newest mark, so a torn write leaves
 * the one before. The mark is written only after the log is forced and so never claims too much; it
 * is itself forced later ({@link #force}), so after a power loss it may claim too little, by what
 * was forced since. A kill of the process loses none of it.
 */
final class DurableMark implements AutoCloseable {
  /** What a slot holds. */
  record Reading(long generation, long position) {}

  private final FileChannel channel;
  private final DurableFiles disk;
  private final byte[] storeId;
  private long generation;
  private long position;
  private volatile boolean forced = true;
  private volatile long forcedNanos = System.nanoTime();

  private DurableMark(FileChannel channel, DurableFiles disk, byte[] storeId, Reading newest) {
    this.channel = channel;
    this.disk = disk;
    this.storeId = storeId;
    this.generation = newest.generation();
    this.position = newest.position();
  }

  /**
   * Writes the file anew, with one mark that is forced, and opens it to be advanced. Whatever was
   * in its pages before, possibly never saved, is gone.
   */
  static DurableMark create(Path file, byte[] storeId, Reading mark, DurableFiles disk)
      throws IOException {
    byte[] content = new byte[DurableMarkLayout.SLOT_STRIDE + DurableMarkLayout.SLOT_BYTES];
    byte[] slot = encode(storeId, mark);
    System.arraycopy(slot, 0, content, (int) slotOffset(mark), slot.length);
    disk.replace(file, content);
    FileChannel channel = disk.open(file, StandardOpenOption.WRITE);
    return new DurableMark(channel, disk, storeId, mark);
  }

  /**
   * Reads the newest valid slot; empty if the file is missing or holds none.
   *
   * @throws StoreUnusableException if a valid slot is another store's or of another version
   */
  static Optional<Reading> read(Path file, byte @Nullable [] storeId) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    Reading newest = null;
    for (int slot = 0; slot < 2; slot++) {
      int at = slot * DurableMarkLayout.SLOT_STRIDE;
      if (at + DurableMarkLayout.SLOT_BYTES <= bytes.length) {
        Reading reading = decode(file, bytes, at, storeId);
        if (reading != null && (newest == null || reading.generation() > newest.generation())) {
          newest = reading;
        }
      }
    }
    return Optional.ofNullable(newest);
  }

  /**
   * What a search of the file gives, which fails at nothing but a newer version.
   *
   * @param newest the newest slot that is intact, or null
   * @param owner the store it belongs to, or null
   * @param length the length of the file
   */
  record Slots(@Nullable Reading newest, byte @Nullable [] owner, long length) {}

  /** Reads the newest intact slot, of whatever store. */
  static Slots slots(Path file) throws IOException {
    Reading newest = read(file, null).orElse(null);
    if (newest == null) {
      return new Slots(null, null, Files.exists(file) ? Files.size(file) : 0);
    }
    byte[] bytes = Files.readAllBytes(file);
    int at = (int) slotOffset(newest) + DurableMarkLayout.STORE_ID;
    int end = at + DurableMarkLayout.GENERATION - DurableMarkLayout.STORE_ID;
    return new Slots(newest, Arrays.copyOfRange(bytes, at, end), bytes.length);
  }

  /** The position marked last. */
  long position() {
    return position;
  }

  /** Whether the last mark survives a power loss. */
  boolean isForced() {
    return forced;
  }

  /** Marks a position up to which the log has been forced; never moves back. */
  void advance(long syncedPosition) throws IOException {
    if (syncedPosition <= position) {
      return;
    }
    Reading next = new Reading(generation + 1, syncedPosition);
    CrashPoint.MARK_ADVANCE.before();
    FileChannels.write(channel, slotOffset(next), encode(storeId, next));
    CrashPoint.MARK_ADVANCE.after();
    generation = next.generation();
    position = next.position();
    forced = false;
  }

  /** How long ago it was last made to survive a power loss, in nanoseconds. */
  long age() {
    return System.nanoTime() - forcedNanos;
  }

  /** Makes the last mark survive a power loss; gives its position. */
  long force() throws IOException {
    if (!forced) {
      disk.force(channel);
      forced = true;
    }
    forcedNanos = System.nanoTime();
    return position;
  }

  private static long slotOffset(Reading reading) {
    return (reading.generation() & 1) * DurableMarkLayout.SLOT_STRIDE;
  }

  static byte[] encode(byte[] storeId, Reading reading) {
    ByteWriter out = new ByteWriter(DurableMarkLayout.SLOT_BYTES);
    out.i32(DurableMarkLayout.MAGIC_VALUE).i32(DurableMarkLayout.VERSION_VALUE).raw(storeId);
    out.i64(reading.generation()).i64(reading.position());
    out.raw(new byte[DurableMarkLayout.CRC - DurableMarkLayout.RESERVED]);
    return out.i32(crc(out.buffer(), 0)).toByteArray();
  }

  private static @Nullable Reading decode(
      Path file, byte[] bytes, int at, byte @Nullable [] storeId) {
    ByteReader in = new ByteReader(bytes, at, DurableMarkLayout.SLOT_BYTES);
    int magic = in.i32();
    int version = in.i32();
    byte[] owner = in.raw(DurableMarkLayout.GENERATION - DurableMarkLayout.STORE_ID);
    Reading reading = new Reading(in.i64(), in.i64());
    in.skip(DurableMarkLayout.CRC - DurableMarkLayout.RESERVED);
    if (magic != DurableMarkLayout.MAGIC_VALUE || in.i32() != crc(bytes, at)) {
      return null;
    }
    if (version != DurableMarkLayout.VERSION_VALUE) {
      throw new StoreUnusableException(
          Problem.of("file format is too new")
              .with("file", file)
              .with("newest readable", DurableMarkLayout.VERSION_VALUE)
              .with("actual", version)
              .advise("open it with a newer version of this library"));
    }
    if (storeId != null && !Arrays.equals(owner, storeId)) {
      throw new StoreUnusableException(
          Problem.of("file belongs to another store")
              .with("file", file)
              .with("expected", HexFormat.of().formatHex(storeId))
              .with("actual", HexFormat.of().formatHex(owner))
              .advise("put back the file of this store"));
    }
    return reading;
  }

  private static int crc(byte[] bytes, int at) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, at, DurableMarkLayout.CRC);
    return (int) crc.getValue();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
