package dev.tidemark.storage.antientropy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.stability.Floor;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.membership.MembersKey;
import dev.tidemark.storage.run.RunEffect;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Joins what the log holds of some keys into them, in one pass for all of them. One that would make
 * them larger together than {@link Moment#MOST_KEY_BYTES} is dropped.
 */
public final class LogJoin {
  private final Map<Bytes, KeyRebuild> byKey = new HashMap<>();
  private final Collection<KeyRebuild> keys;
  private final Runnable pace;

  private LogJoin(Collection<KeyRebuild> keys, Runnable pace) {
    this.keys = keys;
    this.pace = pace;
    keys.forEach(key -> byKey.put(key.key(), key));
  }

  /**
   * Makes keys up to a position of the log, or further where a folded segment goes further.
   *
   * @param pace is run for each item of the log; may throw to end the work
   * @throws dev.tidemark.storage.log.TruncatedException if the log begins above the base of one
   * @throws dev.tidemark.error.DamagedException if the log is damaged there
   */
  public static void advance(OpLog log, Collection<KeyRebuild> keys, long to, Runnable pace) {
    long from = Long.MAX_VALUE;
    for (KeyRebuild key : keys) {
      from = Math.min(from, key.position() + 1);
    }
    if (from <= to) {
      new LogJoin(keys, pace).read(log, from, to);
    }
  }

  private void read(OpLog log, long from, long to) {
    long reached = from - 1;
    try (LogCursor cursor = log.cursor(from, to)) {
      while (cursor.next()) {
        pace.run();
        if (cursor.isRun()) {
          run(cursor.effect(), cursor.records(), cursor.position());
        } else {
          Commit commit = CommitCodec.decode(cursor.array(), cursor.offset(), cursor.length());
          commit(commit, cursor.position());
        }
        reached = cursor.position();
      }
    }
    for (KeyRebuild key : keys) {
      key.reached(reached);
    }
  }

  private void commit(Commit commit, long position) {
    for (Operation operation : commit.held()) {
      if (operation.key().equals(MembersKey.KEY)) {
        raise(MembersKey.floor(operation.delta()), position);
      }
      KeyRebuild key = byKey.get(operation.key());
      if (key != null && isWanted(key, position)) {
        key.join(operation.delta());
        drop(key, keys);
      }
    }
  }

  private void run(RunEffect effect, RunRecords records, long position) {
    Floor told = Floor.NONE;
    for (RunRecord next = records.next(); next != null; next = records.next()) {
      if (next.key().equals(MembersKey.KEY)) {
        told = told.join(MembersKey.floor(next.delta()));
      }
      KeyRebuild key = byKey.get(next.key());
      if (key != null && isWanted(key, position)) {
        key.takeRun(effect, next.delta(), next.part());
        drop(key, keys);
      }
    }
    // What is in a run is held to the floor before it.
    raise(told, position);
  }

  private static boolean isWanted(KeyRebuild key, long position) {
    return !key.isTooLarge() && position > key.position();
  }

  /** Drops a key that has made all of them too large. */
  public static void drop(KeyRebuild key, Collection<KeyRebuild> others) {
    long total = 0;
    for (KeyRebuild one : others) {
      total += one == key ? 0 : one.bytes();
    }
    if (total + key.bytes() > Moment.MOST_KEY_BYTES) {
      key.drop();
    }
  }

  private void raise(Floor told, long position) {
    for (KeyRebuild key : keys) {
      if (position > key.position()) {
        key.raise(told);
      }
    }
  }
}
