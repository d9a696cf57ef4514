package dev.tidemark.tools.load;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.tools.load.PlannedCommit.PlannedUpdate;
import dev.tidemark.type.Durability;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** An application's way: updates and batches. */
final class LocalWriter implements CommitWriter {
  private final Tidemark store;

  LocalWriter(Tidemark store) {
    this.store = store;
  }

  @Override
  public Written write(PlannedCommit commit, Durability durability, boolean awaited) {
    Durability first = awaited ? Durability.BUFFERED : durability;
    long position = write(commit, first);
    if (first != durability) {
      store.awaitSynced(position);
    }
    return new Written(position, position);
  }

  private long write(PlannedCommit commit, Durability durability) {
    if (commit.updates().size() == 1) {
      PlannedUpdate only = commit.updates().get(0);
      if (only.update() instanceof Update.SetValue set
          && set.value().length() > Limits.MAX_VALUE_BYTES) {
        return stream(only.key(), set.value(), durability);
      }
      return store.key(only.key()).with(durability).update(only.update());
    }
    return store.commit(
        durability,
        batch ->
            commit.updates().forEach(planned -> batch.update(planned.key(), planned.update())));
  }

  private long stream(String key, Bytes value, Durability durability) {
    long position;
    try {
      position = store.largeValues().put(key, new ByteArrayInputStream(value.array()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (durability == Durability.SYNCED) {
      store.awaitSynced(position);
    }
    return position;
  }
}
