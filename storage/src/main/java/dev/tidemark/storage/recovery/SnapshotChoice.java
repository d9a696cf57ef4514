package dev.tidemark.storage.recovery;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteReader;
import dev.tidemark.engine.commit.ChainHash;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.snapshot.SnapshotCheck;
import dev.tidemark.storage.snapshot.Snapshots;
import dev.tidemark.storage.state.OriginRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot to go on from where the log no longer reaches back to its beginning: the newest one
 * that is good, reaches the log's first position, and that the log goes on from.
 *
 * @param snapshot the one that was chosen, or null if there is none
 * @param passedOver why newer ones were not, one sentence each
 */
public record SnapshotChoice(@Nullable Snapshot snapshot, List<String> passedOver) {
  static final SnapshotChoice NONE = new SnapshotChoice(null, List.of());

  private static final OriginRow NOTHING = new OriginRow(0, 0, ChainHash.NONE, VersionVector.EMPTY);

  /** Copies the list. */
  public SnapshotChoice {
    passedOver = List.copyOf(passedOver);
  }

  /**
   * Chooses for a log, up to a position. Reads all of a snapshot, and the log above it.
   *
   * @param storeId whose it must be
   */
  public static SnapshotChoice of(StoreFiles files, byte[] storeId, LogReader log, long upTo) {
    List<String> passedOver = new ArrayList<>();
    for (Path path : Snapshots.list(files)) {
      long position = Snapshots.position(path);
      if (position > log.lastPosition()) {
        // It holds what the log has lost: whoever made that may have shown it.
        return new SnapshotChoice(null, List.of(path + " is ahead of the log"));
      }
      if (position <= upTo && position >= log.firstPosition() - 1) {
        try {
          Snapshot good = SnapshotCheck.requireGood(path, () -> {});
          if (isOf(good, storeId) && isFollowedBy(log, good)) {
            return new SnapshotChoice(good, passedOver);
          }
          passedOver.add(path + " is of another history");
        } catch (TidemarkException damaged) {
          passedOver.add(path + " is passed over: " + damaged.getMessage());
        }
      }
    }
    return new SnapshotChoice(null, passedOver);
  }

  private static boolean isOf(Snapshot snapshot, byte[] storeId) {
    return Arrays.equals(snapshot.manifest().storeId(), storeId);
  }

  /** Whether what the log has of each origin begins where the snapshot ends, or below. */
  private static boolean isFollowedBy(LogReader log, Snapshot snapshot) {
    Map<Long, OriginRow> due = new HashMap<>(snapshot.manifest().progress().origins());
    try (LogCursor cursor = log.cursor(snapshot.position() + 1)) {
      while (cursor.next()) {
        if (!(cursor.isRun() ? follows(cursor.coverage(), due) : follows(cursor, due))) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean follows(LogCursor cursor, Map<Long, OriginRow> due) {
    CommitHeader header =
        CommitCodec.decodeHeader(new ByteReader(cursor.array(), cursor.offset(), cursor.length()));
    OriginRow before = due.getOrDefault(header.origin(), NOTHING);
    due.put(
        header.origin(),
        new OriginRow(
            header.lastSequence(), header.lastStamp(), header.chain(), VersionVector.EMPTY));
    return header.firstSequence() == before.sequence() + 1
        && header.chain()
            == CommitCodec.chain(cursor.array(), cursor.offset(), cursor.length(), before.chain());
  }

  private static boolean follows(List<OriginCoverage> coverage, Map<Long, OriginRow> due) {
    for (OriginCoverage origin : coverage) {
      OriginRow before = due.getOrDefault(origin.origin(), NOTHING);
      boolean forked =
          origin.before() == before.sequence() && origin.chainBefore() != before.chain();
      if (origin.before() > before.sequence() || forked) {
        return false;
      }
      if (origin.after() >= before.sequence()) {
        due.put(
            origin.origin(),
            new OriginRow(
                origin.after(), origin.lastStamp(), origin.chainAfter(), VersionVector.EMPTY));
      }
    }
    return true;
  }
}
