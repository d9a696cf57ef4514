package dev.tidemark.storage.core;

import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogPlace;
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
final class Redo {
  private static final int GROUP_COMMITS = 32;
  private static final int GROUP_BYTES = 64 << 10;

  private final StoreCore core;
  private final List<Logged> group = new ArrayList<>(GROUP_COMMITS);
  private int groupBytes;
  private long commits;
  private long operations;

  Redo(StoreCore core) {
    this.core = core;
  }

  private record Logged(Commit commit, long position, LogPlace place) {}

  /** Takes all that the cursor comes to, in order. */
  void all(LogCursor cursor) {
    while (cursor.next()) {
      if (cursor.isRun()) {
        joinGroup();
        core.replayRun(cursor);
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
    core.expect(group.stream().map(Logged::commit).toList());
    for (Logged next : group) {
      core.gate().requireReplayed(next.commit, next.position);
      core.replay(next.commit, next.position, next.place);
      operations += next.commit.operations().size();
    }
    commits += group.size();
    group.clear();
    groupBytes = 0;
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
