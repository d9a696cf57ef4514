package dev.tidemark.storage.inspect;

import dev.tidemark.engine.explain.Explanation;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.membership.MembershipReport;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Why a key of a store has the value it has.
 *
 * @param value the value; null if it has more parts than are wanted
 * @param firstPosition the oldest position that the log holds
 * @param lastPosition the newest, up to which the value is
 * @param members who belongs to the store's cluster, and for whom it keeps what is dead
 * @param horizon the hybrid time up to which the state may have forgotten; 0: nothing
 */
public record KeyExplanation(
    Namespace namespace,
    @Nullable Value value,
    Explanation explanation,
    long firstPosition,
    long lastPosition,
    MembershipReport members,
    long horizon) {

  /** Looks at a store, which another process may have open, and changes nothing. */
  public static KeyExplanation of(Path directory, String key, int limit, LongConsumer progress) {
    StoreFiles files = StoreDirectory.files(directory);
    // Again from the start if a segment goes while it is read.
    return MovingTarget.open(
        files,
        () -> {
          try (Inspection store = Inspection.open(directory)) {
            return store.explain(key, limit, progress);
          }
        });
  }
}
