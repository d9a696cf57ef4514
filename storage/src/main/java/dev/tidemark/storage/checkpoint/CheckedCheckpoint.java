package dev.tidemark.storage.checkpoint;

import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.snapshot.SnapshotCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A complete checkpoint of which every copy was found to be what was submitted.
 *
 * @param checkpoint the record
 * @param snapshots the copies, by member
 */
public record CheckedCheckpoint(ClusterCheckpoint checkpoint, SortedMap<Long, Snapshot> snapshots) {

  static CheckedCheckpoint of(ClusterCheckpoint checkpoint, CheckpointFiles files) {
    if (!checkpoint.isComplete()) {
      throw new CheckpointRefusedException(
          Problem.of("checkpoint is not complete")
              .with("checkpoint", checkpoint.id())
              .with("missing", ClusterCheckpoint.names(checkpoint.missing()))
              .advise("have them submit, or use an earlier one"));
    }
    TreeMap<Long, Snapshot> snapshots = new TreeMap<>(Long::compareUnsigned);
    // What the bytes give, put together anew: its root has to be the one that was recorded.
    ClusterCheckpoint actual =
        ClusterCheckpoint.begin(
            checkpoint.id(), checkpoint.uid(), checkpoint.createdMillis(), checkpoint.expected());
    for (Submission submission : checkpoint.submissions().values()) {
      Snapshot snapshot =
          SnapshotCheck.requireGood(onlyCopy(files.member(submission.member())), () -> {});
      Submission found = Submission.of(snapshot.manifest());
      Checkpoints.requireTrue(checkpoint.id(), submission, found);
      actual = actual.with(found);
      snapshots.put(submission.member(), snapshot);
    }
    if (!actual.root().equals(checkpoint.root())) {
      throw Problem.of("checkpoint's members are right and its root is not").broken();
    }
    return new CheckedCheckpoint(checkpoint, Collections.unmodifiableSortedMap(snapshots));
  }

  private static Path onlyCopy(Path member) {
    try (Stream<Path> entries = Files.list(member)) {
      List<Path> copies = entries.toList();
      if (copies.size() == 1) {
        return copies.get(0);
      }
      throw lost(member, copies.size() + " entries");
    } catch (NoSuchFileException e) {
      throw lost(member, "no directory");
    } catch (IOException e) {
      throw Checkpoints.failed(member, e);
    }
  }

  private static DamagedException lost(Path member, String actual) {
    return new DamagedException(
        Problem.of("copy of a snapshot is missing")
            .with("directory", member)
            .with("expected", "one snapshot")
            .with("actual", actual)
            .advise("put the copy back, or use another checkpoint"));
  }
}
