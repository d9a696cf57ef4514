package dev.tidemark.tools.load;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.error.Problem;
import dev.tidemark.tools.load.PlannedCommit.PlannedUpdate;
import dev.tidemark.tools.load.RemoteReplica.Change;
import dev.tidemark.type.Durability;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Another member's way: its commits are taken in like those that come over a network, with the
 * chunks of its large values. Its updates look at nothing but its own; now and then it says that it
 * has seen all there is, so that the store forgets.
 */
final class RemoteWriter implements CommitWriter {
  private static final int COMMITS_PER_HEARTBEAT = 16;

  private final Tidemark store;
  private final RemoteReplica replica;
  private final RemoteChunks chunks;
  private final Queue<byte[]> unsent = new ArrayDeque<>();
  private @Nullable PlannedCommit pending;
  private long made;

  RemoteWriter(Tidemark store, long replica, RemoteChunks chunks) {
    this.store = store;
    this.replica = new RemoteReplica(replica);
    this.chunks = chunks;
  }

  @Override
  public Written write(PlannedCommit commit, Durability durability, boolean awaited) {
    if (pending != commit) {
      // One that was refused for want of space is the same when it is tried again.
      List<Change> changes = changes(commit);
      if (made++ % COMMITS_PER_HEARTBEAT == 0) {
        unsent.add(replica.heartbeat(store.members().report()));
      }
      unsent.add(replica.commit(changes));
      pending = commit;
    }
    long before = newestPosition();
    for (byte[] next = unsent.peek(); next != null; next = unsent.peek()) {
      send(next);
      unsent.remove();
    }
    long after = newestPosition();
    if (durability == Durability.SYNCED) {
      store.sync();
    }
    return new Written(before + 1, after);
  }

  private void send(byte[] commit) {
    if (!store.accept(commit, replica.id(), chunks.source())) {
      throw Problem.of("commit of another replica is taken for one that is here already")
          .with("replica", replica.id())
          .broken();
    }
  }

  /** A commit without updates is not logged, and says where the log is. */
  private long newestPosition() {
    return store.commit(Durability.BUFFERED, batch -> {});
  }

  private List<Change> changes(PlannedCommit commit) {
    List<Change> changes = new ArrayList<>();
    for (PlannedUpdate planned : commit.updates()) {
      changes.add(new Change(Bytes.utf8(planned.key()), offloaded(planned)));
    }
    return changes;
  }

  private Update offloaded(PlannedUpdate planned) {
    if (planned.update() instanceof Update.SetValue set && isLarge(planned, set.value())) {
      return new Update.SetLarge(chunks.write(set.value()));
    } else if (planned.update() instanceof Update.PutField put && isLarge(planned, put.value())) {
      return new Update.PutLargeField(put.field(), chunks.write(put.value()));
    }
    return planned.update();
  }

  private static boolean isLarge(PlannedUpdate planned, Bytes value) {
    return Keys.takesLargeValues(planned.key()) && value.length() > LoadStore.INLINE_LIMIT;
  }
}
