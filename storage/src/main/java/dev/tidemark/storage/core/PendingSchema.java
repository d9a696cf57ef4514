package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.Problem;
import dev.tidemark.error.SchemaMismatchException;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import org.jspecify.annotations.Nullable;

/**
 * Lets the log have a say in the schema before the state grows: after a crash, or without its
 * state, a store has keys that only the log knows. Reads the log only if there is something to
 * decide, and writes nothing.
 */
final class PendingSchema {
  private final @Nullable Schema stored;
  private Schema requested;

  private PendingSchema(@Nullable Schema stored, Schema requested) {
    this.stored = stored;
    this.requested = requested;
  }

  /**
   * The schema to ask of the state.
   *
   * @param stored what the state has, or null if there is no state
   * @param applied the position up to which the state knows all keys itself
   * @throws SchemaMismatchException if a requested prefix is logged under another strategy, or
   *     would take logged keys from another
   */
  static Schema of(LogReader log, @Nullable Schema stored, long applied, Schema requested) {
    PendingSchema pending = new PendingSchema(stored, requested);
    if (stored == null || pending.grows(stored)) {
      pending.readLog(log, applied);
    }
    return pending.requested;
  }

  private boolean grows(Schema known) {
    return requested.namespaces().stream()
        .anyMatch(namespace -> known.withPrefix(namespace.prefix()) == null);
  }

  private void readLog(LogReader log, long applied) {
    try (LogCursor cursor = log.cursor(Math.max(applied + 1, log.firstPosition()))) {
      while (cursor.next()) {
        if (cursor.isRun()) {
          readRun(cursor.records());
          continue;
        }
        Commit commit = CommitCodec.decode(cursor.array(), cursor.offset(), cursor.length());
        for (Operation operation : commit.operations()) {
          read(operation.namespace(), operation.key());
        }
      }
    }
  }

  private void readRun(RunRecords records) {
    for (RunRecord next = records.next(); next != null; next = records.next()) {
      read(next.namespace(), next.key());
    }
  }

  private void read(Namespace logged, Bytes key) {
    Namespace same = requested.withPrefix(logged.prefix());
    if (same == null) {
      if (stored == null) {
        requested = requested.and(logged.prefix().toUtf8(), logged.strategy());
      }
    } else if (same.strategy() != logged.strategy()) {
      throw new SchemaMismatchException(
          Problem.of("prefix is stored under another strategy")
              .with("prefix", logged.prefix())
              .with("stored", logged.strategy())
              .with("requested", same.strategy())
              .advise("open the store with the stored strategy, or use another prefix"));
    }
    Namespace taker = requested.of(key);
    if (taker.prefix().length() > logged.prefix().length()) {
      throw new SchemaMismatchException(
          Problem.of("new prefix would shadow stored keys")
              .with("prefix", taker.prefix())
              .with("requested", taker.strategy())
              .with("owner", logged)
              .with("firstKey", key)
              .advise("use a prefix that no stored key begins with"));
    }
  }
}
