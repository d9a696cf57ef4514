package dev.tidemark.storage.inspect;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.explain.Explainer;
import dev.tidemark.engine.explain.Explanation;
import dev.tidemark.engine.explain.LogItem;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyView;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import java.util.function.LongConsumer;

/** Goes through the log for what it holds of one key. */
final class KeyInquiry {
  private static final KeyDelta NOTHING = KeyDelta.ofHead(new byte[0]);

  private final LogReader log;
  private final Namespace namespace;
  private final Bytes key;
  private final LongConsumer progress;

  KeyInquiry(LogReader log, Namespace namespace, Bytes key, LongConsumer progress) {
    this.log = log;
    this.namespace = namespace;
    this.key = key;
    this.progress = progress;
  }

  Explanation explain(KeyView state, int limit) {
    Explainer explainer =
        new Explainer(namespace.strategy().lattice(), state, limit, log.firstPosition() == 1);
    try (LogCursor cursor = log.cursor(log.firstPosition())) {
      while (cursor.next()) {
        progress.accept(cursor.position());
        if (cursor.isRun()) {
          takeRun(cursor, explainer);
        } else {
          takeCommit(cursor, explainer);
        }
      }
    }
    return explainer.finish();
  }

  private void takeRun(LogCursor cursor, Explainer explainer) {
    LogItem item = LogItem.folded(cursor.firstPosition(), cursor.position());
    RunRecord wanted = RunRecord.whole(namespace, key, NOTHING);
    RunRecords records = cursor.records();
    RunRecord found = records.next();
    while (found != null && found.comparePlace(wanted) <= 0) {
      if (found.comparePlace(wanted) == 0) {
        explainer.take(item, found.part(), found.delta());
      }
      found = records.next();
    }
  }

  private void takeCommit(LogCursor cursor, Explainer explainer) {
    CommitCodec.select(
        cursor.array(),
        cursor.offset(),
        cursor.length(),
        key,
        (id, operation) -> {
          LogItem item = LogItem.of(cursor.position(), id);
          if (operation.isWithheld()) {
            explainer.takeLost(item);
          } else {
            explainer.take(item, operation.delta());
          }
        });
  }
}
