package dev.tidemark.storage.handover;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.format.FileKind;
import dev.tidemark.storage.format.SealedFileLayout;
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

  private final @Nullable SavedFile file;

  /** Those that were read last come last. */
  private final Map<LogId, Long> reached = new LinkedHashMap<>(16, 0.75f, true);

  private VersionVector seen = VersionVector.EMPTY;
  private boolean changed;

  private PeerLogs(@Nullable SavedFile file) {
    this.file = file;
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
    SavedFile file = new SavedFile(KIND, files.peers(), disk, storeId);
    PeerLogs logs = new PeerLogs(file);
    if (!file.read(logs::read) || !vector.dominates(logs.seen)) {
      // Or the store was restored: it has not all of what the positions stand for.
      logs.forget();
    }
    return logs;
  }

  private void read(ByteReader in) {
    seen = VersionVector.decode(in);
    for (int left = in.items("peer logs", ENTRY_BYTES); left > 0; left--) {
      String store = HexFormat.of().formatHex(in.raw(SealedFileLayout.STORE_ID_BYTES));
      long replica = in.i64();
      reached.put(new LogId(store, replica), in.varint());
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
    SavedFile into = file;
    if (!changed || into == null) {
      return;
    }
    ByteWriter out = new ByteWriter();
    seen.encode(out);
    out.varint(reached.size());
    reached.forEach(
        (log, position) ->
            out.raw(HexFormat.of().parseHex(log.storeId())).i64(log.replicaId()).varint(position));
    changed = !into.save(out);
  }
}
