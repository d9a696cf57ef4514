package dev.tidemark.tools.load;

import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Follows every writer through the log: its commits are there in the order it made them, each once,
 * where it was told, and nobody else's are.
 */
final class LogWalk {
  /** Of a writer whose beginning is not in the log any more. */
  private static final long NOT_FOLLOWED = 0;

  private final AckLog log;
  private final Verdict verdict;
  private final Map<LaneId, Follower> followers = new HashMap<>();
  private long firstPosition;

  LogWalk(AckLog log, Verdict verdict) {
    this.log = log;
    this.verdict = verdict;
  }

  /** Reads the log of a store, which may be open. */
  LogWalk run(Path directory) {
    try (LogReader reader = LogReader.open(new StoreFiles(directory));
        LogCursor cursor = reader.cursor(reader.firstPosition())) {
      firstPosition = reader.firstPosition();
      log.sessions().forEach(this::follow);
      while (cursor.next()) {
        if (cursor.isRun()) {
          fold(cursor.position());
          continue;
        }
        take(
            cursor.position(),
            CommitCodec.decode(cursor.array(), cursor.offset(), cursor.length()));
      }
    } catch (TidemarkException e) {
      verdict.wrong("log", String.valueOf(e.getMessage()));
      followers.clear();
    }
    return this;
  }

  /** The commits up to a position are folded, and not told apart any more. */
  private void fold(long lastPosition) {
    followers.values().forEach(follower -> follower.fold(lastPosition));
  }

  /** How many commits of a writer there are, if the log has all of them. */
  OptionalLong commits(LaneId lane) {
    Follower follower = followers.get(lane);
    return follower != null && follower.isWhole
        ? OptionalLong.of(follower.next - 1)
        : OptionalLong.empty();
  }

  private void follow(SessionHeader session) {
    for (int i = 0; i < session.writers(); i++) {
      followers.put(session.lane(i), new Follower(session, i));
    }
  }

  private void take(long position, Commit commit) {
    if (commit.operations().get(0).namespace().equals(Namespace.SYSTEM)) {
      return;
    }
    List<String> keys =
        commit.operations().stream().map(operation -> operation.key().toUtf8()).toList();
    LaneId lane = Keys.lane(keys.get(0));
    Follower follower = lane == null ? null : followers.get(lane);
    if (follower != null) {
      follower.take(position, keys);
    } else if (lane == null ? !Keys.isRegistry(keys.get(0)) : isKnown(lane)) {
      stranger(position, keys);
    }
  }

  private boolean isKnown(LaneId lane) {
    return lane.session() >= log.firstSession();
  }

  private void stranger(long position, List<String> keys) {
    for (String key : keys) {
      verdict.wrong("key " + key, "position " + position + " has an update that nobody made");
    }
  }

  /** One writer, as far as the log was read. */
  private final class Follower {
    private final LaneId lane;
    private final Workload workload;
    private final LaneAcks acks;
    private final long sessionAt;
    private final boolean isRemote;
    private long next;

    /** The last one that may be folded, where positions are known as ranges. */
    private long mayBeFolded;

    /**
     * Whether all of its commits are accounted for. Of one whose log is gone, it is not known
     * whether the commit that it was making when it was killed was in it.
     */
    private boolean isWhole;

    Follower(SessionHeader session, int writer) {
      this.lane = session.lane(writer);
      this.workload = session.workload(writer);
      this.acks = log.acks(lane);
      this.sessionAt = session.at();
      this.isRemote = writer == session.writers() - 1;
      this.next = 1;
      this.isWhole = true;
      fold(firstPosition - 1);
    }

    /** Goes on behind what the log does not have singly: not any more, or folded. */
    void fold(long lastPosition) {
      if (next == NOT_FOLLOWED || sessionAt >= lastPosition) {
        return;
      }
      boolean isTold = acks.count() > 0 && !isRemote;
      next = isTold ? Math.max(next, acks.surelyWithin(lastPosition) + 1) : NOT_FOLLOWED;
      mayBeFolded = acks.possiblyWithin(lastPosition);
      isWhole = false;
    }

    void take(long position, List<String> keys) {
      if (next == NOT_FOLLOWED) {
        return;
      }
      long told = acks.indexAt(position);
      if (told > next && isPlanned(told, keys)) {
        for (long index = Math.max(next, mayBeFolded + 1); index < told; index++) {
          verdict.lost(lane, index, "the log goes on without it at position " + position);
        }
        next = told;
      } else if (!isPlannedNext(keys)) {
        stranger(position, keys);
        return;
      } else if (next <= acks.count() && (position < acks.from(next) || position > acks.to(next))) {
        verdict.wrong(
            LaneCheck.commit(lane, next),
            "acknowledged at position " + acks.from(next) + ", found at " + position);
      }
      next++;
      isWhole = true;
    }

    /** Whether it is the next one, or the first of which it is certain that it is not folded. */
    private boolean isPlannedNext(List<String> keys) {
      while (next <= mayBeFolded && !isPlanned(next, keys)) {
        next++;
      }
      return isPlanned(next, keys);
    }

    private boolean isPlanned(long index, List<String> keys) {
      return workload.at(index).keys().equals(keys);
    }
  }
}
