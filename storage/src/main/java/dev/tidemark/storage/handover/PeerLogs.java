package dev.tidemark.storage.handover;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.format.FileKind;
import dev.tidemark.storage.format.SealedFile;
import dev.tidemark.storage.format.SealedFileLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Up to where the logs of other stores were read, of what survives a power loss here: so the next
 * session goes on near there, also after a restart. It saves reading and decides nothing: what a
 * store lacks is what its vector says. A file that is lost, damaged, or speaks of more than this
 * store has seen counts for nothing. Thread-safe.
 *
 * <p>Memory and disk: {@value #MOST} positions and one vector.
 */
public final class PeerLogs {
  static final int MOST = 1024;
  private static final FileKind KIND = FileKind.of("peers", "TMPE");
  private static final int ENTRY_BYTES = SealedFileLayout.STORE_ID_BYTES + Long.BYTES + 1;

  private final @Nullable Place place;

  /** Those that were read last come last. */
  private final Map<LogId, Long> reached = new LinkedHashMap<>(16, 0.75f, true);

  private VersionVector seen = VersionVector.EMPTY;
  private boolean changed;

  private record Place(Path file, DurableFiles disk, byte[] storeId) {}

  private PeerLogs(@Nullable Place place) {
    this.place = place;
  }

  /** Of nobody, and not to be saved. */
  public static PeerLogs unsaved() {
    return new PeerLogs(null);
  }

  /**
   * What was saved.
   *
   * @param vector what the store has seen by now
   */
  public static PeerLogs open(
      StoreFiles files, DurableFiles disk, byte[] storeId, VersionVector vector) {
    Path file = files.peers();
    PeerLogs logs = new PeerLogs(new Place(file, disk, storeId));
    try {
      logs.read(SealedFile.open(KIND, file, Files.readAllBytes(file), storeId).content(), vector);
    } catch (NoSuchFileException none) {
      // Nothing was read yet.
    } catch (IOException | TidemarkException unreadable) {
      logs.forget();
    }
    return logs;
  }

  private void read(ByteReader in, VersionVector vector) {
    seen = VersionVector.decode(in);
    for (int left = in.items("peer logs", ENTRY_BYTES); left > 0; left--) {
      String store = HexFormat.of().formatHex(in.raw(SealedFileLayout.STORE_ID_BYTES));
      long replica = in.i64();
      reached.put(new LogId(store, replica), in.varint());
    }
    in.expectEnd();
    if (!vector.dominates(seen)) {
      // The store was restored: it has not all of what the positions stand for.
      forget();
    }
  }

  private void forget() {
    reached.clear();
    seen = VersionVector.EMPTY;
  }

  /** Up to where a log was read; 0 if unknown. */
  public synchronized long reached(LogId log) {
    return reached.getOrDefault(log, 0L);
  }

  /**
   * All of a log up to a position is here and survives a power loss.
   *
   * @param vector what has been seen here and survives, with all of that
   */
  public synchronized void reached(LogId log, long position, VersionVector vector) {
    if (position > reached(log)) {
      reached.put(log, position);
      seen = seen.join(vector);
      changed = true;
      if (reached.size() > MOST) {
        reached.remove(reached.keySet().iterator().next());
      }
    }
  }

  /** Saves it, if anything has changed. What cannot be saved is only not known after a restart. */
  public synchronized void save() {
    Place at = place;
    if (!changed || at == null) {
      return;
    }
    ByteWriter out = new ByteWriter();
    seen.encode(out);
    out.varint(reached.size());
    reached.forEach(
        (log, position) ->
            out.raw(HexFormat.of().parseHex(log.storeId())).i64(log.replicaId()).varint(position));
    try {
      at.disk().replace(at.file(), SealedFile.seal(KIND, at.storeId(), out));
      changed = false;
    } catch (IOException | TidemarkException full) {
      // Tried again with the next position.
    }
  }
}
