package dev.tidemark.storage.core;

import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogPlace;
import dev.tidemark.storage.overlay.Overlay;
import dev.tidemark.storage.run.RunEffect;
import dev.tidemark.storage.run.RunRecords;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes what the log holds and the state does not into memory, when a store is opened. Commits are
 * decoded some at a time, and the processor fetches what all their keys meet before the first is
 * joined: key by key, it waited for that for two thirds of a replay.
 *
 * <p>Memory: the commits of a group, which end with the one that brings their encoded bytes to
 * {@value #GROUP_BYTES}.
 */
final class Redo implements AutoCloseable {
  private static final int GROUP_COMMITS = 32;
  private static final int GROUP_BYTES = 64 << 10;

  private final Overlay overlay;
  private final long overlayBytes;
  private final Committer committer;
  private final InterestGate gate;
  private final Leftovers leftovers;
  private final FoldBeside fold;
  private final List<Logged> group = new ArrayList<>(GROUP_COMMITS);
  private int groupBytes;
  private long commits;
  private long operations;

  /**
   * Takes it into an overlay that has room for so many bytes.
   *
   * @param fold folds meanwhile
   */
  Redo(
      Overlay overlay,
      long overlayBytes,
      Committer committer,
      InterestGate gate,
      Leftovers leftovers,
      FoldBeside fold) {
    this.overlay = overlay;
    this.overlayBytes = overlayBytes;
    this.committer = committer;
    this.gate = gate;
    this.leftovers = leftovers;
    this.fold = fold;
  }

  private record Logged(Commit commit, long position, LogPlace place) {}

  /** Takes all that the cursor comes to, in order. */
  void all(LogCursor cursor) {
    while (cursor.next()) {
      if (cursor.isRun()) {
        joinGroup();
        enter(cursor);
      } else {
        add(cursor);
      }
    }
    joinGroup();
  }

  private void add(LogCursor cursor) {
    Commit commit = CommitCodec.decode(cursor.array(), cursor.offset(), cursor.length());
    group.add(new Logged(commit, cursor.position(), cursor.place()));
    groupBytes += cursor.length();
    if (group.size() == GROUP_COMMITS || groupBytes >= GROUP_BYTES) {
      joinGroup();
    }
  }

  private void joinGroup() {
    overlay.bringIn(group.stream().map(Logged::commit).toList());
    for (Logged next : group) {
      gate.requireReplayed(next.commit, next.position);
      enter(next);
      operations += next.commit.operations().size();
    }
    commits += group.size();
    group.clear();
    groupBytes = 0;
  }

  /** Has what fills the memory folded, and waits for that where it would be too much. */
  private void enter(Logged next) {
    CrashPoint.RECOVERY_REPLAY_COMMIT.before();
    committer.enter(next.commit, next.position, next.place);
    CrashPoint.RECOVERY_REPLAY_COMMIT.after();
    if (overlay.bytes() > overlayBytes / 2 && overlay.oldestFrozen() != null) {
      fold.begin();
    }
    fold.await(() -> overlay.bytes() <= overlayBytes || overlay.oldestFrozen() == null);
  }

  /** Takes a run into the state, behind all that was logged before. */
  private void enter(LogCursor run) {
    fold.await(() -> overlay.oldestFrozen() == null);
    committer.foldAll();
    RunRecords records = run.records();
    if (run.effect() == RunEffect.REPLACES) {
      records = leftovers.replayed(records, run.position());
    }
    committer.enterRun(run.coverage(), records, run.position());
    leftovers.replayed();
  }

  /** Waits for what is being folded, whatever has happened. */
  @Override
  public void close() {
    fold.close();
  }

  /** How many commits were taken. */
  long commits() {
    return commits;
  }

  /** How many operations they had. */
  long operations() {
    return operations;
  }
}
