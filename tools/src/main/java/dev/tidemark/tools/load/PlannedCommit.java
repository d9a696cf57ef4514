package dev.tidemark.tools.load;

import dev.tidemark.engine.operation.Update;
import dev.tidemark.type.Durability;
import java.util.List;

/**
 * One commit of a writer, as it follows from seed, session, writer and index.
 *
 * @param updates the first is to a key that the writer has for itself
 * @param durability what to ask for where the durabilities are mixed
 * @param awaited whether to wait for the disk behind the commit instead of in it
 * @param aside what to do besides, once it is acknowledged
 */
record PlannedCommit(
    List<PlannedUpdate> updates, Durability durability, boolean awaited, Aside aside) {
  /** One update of a commit. */
  record PlannedUpdate(String key, Update update) {}

  /** What a writer does between its commits. */
  enum Aside {
    NOTHING,
    READ,
    SCAN,
    FLUSH,
    ROLL,
    COMPACT,
    SNAPSHOT,
    TRUNCATE,
    COLLECT,
    SWEEP
  }

  List<String> keys() {
    return updates.stream().map(PlannedUpdate::key).toList();
  }
}
