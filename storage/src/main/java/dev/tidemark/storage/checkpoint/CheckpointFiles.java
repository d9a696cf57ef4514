package dev.tidemark.storage.checkpoint;

import dev.tidemark.engine.causality.ReplicaId;
import java.nio.file.Path;

/** Names what lies in the directory of a checkpoint. */
record CheckpointFiles(Path directory) {
  static CheckpointFiles of(Path parent, String id) {
    ClusterCheckpoint.requireId(id);
    return new CheckpointFiles(parent.resolve(id));
  }

  /** The record of who has submitted what. */
  Path checkpoint() {
    return directory.resolve("CHECKPOINT");
  }

  /** Where the copy of a member's snapshot lies, under the snapshot's own name. */
  Path member(long member) {
    return directory.resolve(ReplicaId.format(member));
  }
}
