package dev.tidemark.storage.snapshot;

import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.blob.BlobReport;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.StateAudit;
import dev.tidemark.storage.state.StateReading;
import dev.tidemark.storage.state.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds a snapshot to its manifest: every file to its length and hash, then, opened for reading
 * only, how far it is, every key to its digest, and all of it to its roots. Writes no byte.
 */
public final class SnapshotCheck {
  private static final StateAudit NOTHING = new StateAudit(0, 0, 0, 0);

  private final Snapshot snapshot;
  private final Consumer<SnapshotMismatch> listener;
  private final Runnable pace;
  private long mismatches;

  private SnapshotCheck(Snapshot snapshot, Consumer<SnapshotMismatch> listener, Runnable pace) {
    this.snapshot = snapshot;
    this.listener = listener;
    this.pace = pace;
  }

  /**
   * Checks the snapshot of a directory.
   *
   * @param listener sees each mismatch as it is found
   * @param pace is run between portions of the work; may throw to end it
   * @throws dev.tidemark.error.StoreUnusableException if it is no snapshot, or one that was not
   *     finished
   * @throws DamagedException if its manifest is damaged
   */
  public static SnapshotReport run(
      Path directory, Consumer<SnapshotMismatch> listener, Runnable pace) {
    return new SnapshotCheck(Snapshot.read(directory), listener, pace).run();
  }

  /** The same, and all large values that it refers to, from their first byte to their last. */
  public static SnapshotReport runWithLargeValues(
      Path directory, Consumer<SnapshotMismatch> listener, Runnable pace) {
    SnapshotCheck check = new SnapshotCheck(Snapshot.read(directory), listener, pace);
    SnapshotReport report = check.run();
    if (!report.isClean()) {
      return report;
    }
    Snapshot snapshot = report.snapshot();
    BlobReport largeValues =
        SnapshotBlobs.check(
            snapshot,
            found -> check.add(found.file(), "a chunk of " + found.value(), found.message()),
            pace);
    return new SnapshotReport(snapshot, report.audit(), check.mismatches, largeValues);
  }

  /**
   * The same without large values, for those who are about to use it.
   *
   * @throws DamagedException at whatever is not as it should be
   */
  public static Snapshot requireGood(Path directory, Runnable pace) {
    AtomicReference<@Nullable SnapshotMismatch> first = new AtomicReference<>();
    SnapshotReport report = run(directory, found -> first.compareAndSet(null, found), pace);
    SnapshotMismatch mismatch = first.get();
    if (mismatch != null) {
      throw new DamagedException(
          Problem.of("snapshot is damaged")
              .with("directory", directory)
              .with("where", mismatch.where())
              .with("expected", mismatch.expected())
              .with("actual", mismatch.actual())
              .advise("use another one, or a copy; `tidemark verify-snapshot` tells all of it"));
    }
    return report.snapshot();
  }

  private SnapshotReport run() {
    try {
      checkNames(snapshot.directory(), Set.of("MANIFEST", "data", "blobs"));
      checkFiles();
    } catch (IOException e) {
      throw Snapshot.unreadable(snapshot.directory(), e);
    }
    // What is not byte for byte what was written is not handed to RocksDB.
    StateAudit audit = mismatches == 0 ? checkState() : NOTHING;
    return new SnapshotReport(snapshot, audit, mismatches, null);
  }

  private void checkFiles() throws IOException {
    Set<String> names = new HashSet<>();
    FileHash hash = new FileHash(pace);
    for (SnapshotFile expected : snapshot.manifest().files()) {
      names.add(expected.name());
      Path file = snapshot.files().data().resolve(expected.name());
      if (Files.isRegularFile(file)) {
        compare(file, expected, hash.of(file));
      } else {
        add(file, expected, "no file");
      }
    }
    checkNames(snapshot.files().data(), names);
  }

  private void checkNames(Path directory, Set<String> known) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      entries
          .filter(entry -> !known.contains(entry.getFileName().toString()))
          .sorted()
          .forEach(entry -> add(entry, "files of the snapshot", "another"));
    }
  }

  private StateAudit checkState() {
    Manifest manifest = snapshot.manifest();
    try (StateStore state = StateStore.openReadOnly(snapshot.files().data());
        Pin pin = state.pin()) {
      compare("progress", manifest.progress(), state.progress());
      compare("floor", manifest.floor(), state.floor());
      compare("schema", manifest.schema(), state.schema());
      StateReading read =
          StateReading.of(state, pin, pace, found -> add("state", found.expected(), found));
      if (read.roots() != null) {
        compare("roots", manifest.roots(), read.roots());
      }
      return read.audit();
    } catch (TidemarkException e) {
      add("state", "a state that can be read", e.getMessage());
      return NOTHING;
    }
  }

  private void compare(Object where, Object expected, Object actual) {
    if (!Objects.equals(expected, actual)) {
      add(where, expected, actual);
    }
  }

  private void add(Object where, Object expected, @Nullable Object actual) {
    mismatches++;
    listener.accept(
        new SnapshotMismatch(
            String.valueOf(where), String.valueOf(expected), String.valueOf(actual)));
  }
}
