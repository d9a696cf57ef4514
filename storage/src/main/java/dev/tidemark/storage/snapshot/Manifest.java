package dev.tidemark.storage.snapshot;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.storage.format.FileKind;
import dev.tidemark.storage.format.SealedFile;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.Progress;
import dev.tidemark.storage.state.StateRoots;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/**
 * What a snapshot is of, and what each of its files has to be.
 *
 * <pre>
 *   id u64, replica id u64, former replica ids: varint, u64 each, taken i64,
 *   applied i64, clock i64, origins varint, per origin: replica u64, row bytes,
 *   floor bytes, schema, files varint, file*, roots
 *   file: name bytes, length i64, SHA-256
 * </pre>
 *
 * @param storeId the store that it was taken of
 * @param id its own number, drawn at random
 * @param replicaId whose operations that store made then
 * @param formerReplicaIds whose it had made before, oldest first
 * @param takenMillis when it was taken, in milliseconds since 1970
 * @param progress up to which log position it holds what the log does, and of each replica how far
 * @param floor below what it has forgotten
 * @param schema its prefixes and strategies
 * @param files its files, in order of their names
 * @param roots what they hold, as hashes
 */
public record Manifest(
    byte[] storeId,
    long id,
    long replicaId,
    List<Long> formerReplicaIds,
    long takenMillis,
    Progress progress,
    Floor floor,
    Schema schema,
    List<SnapshotFile> files,
    StateRoots roots) {
  private static final FileKind KIND = FileKind.of("snapshot manifest", "TMSN");
  private static final int MIN_ORIGIN_BYTES = Long.BYTES + 1;
  private static final int MAX_ROW_BYTES = Limits.MAX_COMMIT_BYTES;

  /** Checks the parts. */
  public Manifest {
    ReplicaId.requireValid(replicaId);
    storeId = storeId.clone();
    formerReplicaIds = List.copyOf(formerReplicaIds);
    files = List.copyOf(files);
  }

  @Override
  public byte[] storeId() {
    return storeId.clone();
  }

  /** The log position up to which it holds what the log does. */
  public long position() {
    return progress.applied();
  }

  /** How many operations of each replica it holds. */
  public VersionVector vector() {
    return progress.vector();
  }

  /** The size of its files. */
  public long bytes() {
    return files.stream().mapToLong(SnapshotFile::length).sum();
  }

  /** The bytes of its file. */
  public byte[] encode() {
    ByteWriter out = new ByteWriter().i64(id).i64(replicaId).varint(formerReplicaIds.size());
    formerReplicaIds.forEach(out::i64);
    out.i64(takenMillis).i64(progress.applied()).i64(progress.clock());
    out.varint(progress.origins().size());
    progress.origins().forEach((replica, row) -> out.i64(replica).bytes(row.encode()));
    out.bytes(floor.encode());
    schema.encode(out);
    out.varint(files.size());
    files.forEach(file -> file.encode(out));
    roots.encode(out);
    return SealedFile.seal(KIND, storeId, out);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws dev.tidemark.error.DamagedException if it is cut or changed
   * @throws dev.tidemark.error.StoreUnusableException if it is another kind of file, too old or too
   *     new
   */
  static Manifest decode(Path file, byte[] bytes) {
    SealedFile sealed = SealedFile.open(KIND, file, bytes, null);
    ByteReader in = sealed.content();
    long id = in.i64();
    long replicaId = in.i64();
    List<Long> former = new ArrayList<>();
    for (int left = in.items("former replica ids", Long.BYTES); left > 0; left--) {
      former.add(in.i64());
    }
    long taken = in.i64();
    Progress progress = progress(in);
    Floor floor = Floor.decode(in.bytes("floor", MAX_ROW_BYTES));
    Schema schema = Schema.decode(in);
    List<SnapshotFile> files = new ArrayList<>();
    for (int left = in.items("files", SnapshotFile.MIN_BYTES); left > 0; left--) {
      files.add(SnapshotFile.decode(in));
    }
    StateRoots roots = StateRoots.decode(in);
    in.expectEnd();
    return new Manifest(
        sealed.storeId(), id, replicaId, former, taken, progress, floor, schema, files, roots);
  }

  private static Progress progress(ByteReader in) {
    long applied = in.i64();
    long clock = in.i64();
    TreeMap<Long, OriginRow> origins = new TreeMap<>(Long::compareUnsigned);
    for (int left = in.items("origins", MIN_ORIGIN_BYTES); left > 0; left--) {
      origins.put(in.i64(), OriginRow.decode(in.bytes("origin row", MAX_ROW_BYTES)));
    }
    return new Progress(applied, clock, Collections.unmodifiableSortedMap(origins));
  }
}
