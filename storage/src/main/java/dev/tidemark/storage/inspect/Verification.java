package dev.tidemark.storage.inspect;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.error.DamagedException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.inspect.Finding.Part;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.recovery.SnapshotChoice;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.Owner;
import dev.tidemark.storage.state.Pin;
import dev.tidemark.storage.state.Progress;
import dev.tidemark.storage.state.StateAudit;
import dev.tidemark.storage.state.StateMismatch;
import dev.tidemark.storage.state.StateStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds a store to everything it claims: the log to its checksums, catalogue and durable mark, the
 * state to its checksums and digests, and the state to the join of the log, from its beginning or
 * from a snapshot on, every snapshot to its manifest, and every large value to its hash. Writes no
 * byte of the store, only to a scratch directory.
 */
public final class Verification {
  /** Why a state is not compared that was looked at before the log was flushed and folded on. */
  static final String FOLDED_BEYOND = "the log was folded beyond where the state is";

  private final Path scratch;
  private final Findings findings;

  private Progress progress = Progress.NONE;
  private StateAudit audit = new StateAudit(0, 0, 0, 0);
  private @Nullable Snapshot base;
  private long compared;
  private @Nullable String notCompared;

  private Verification(Path scratch, Consumer<Finding> listener) {
    this.scratch = scratch;
    this.findings = new Findings(listener);
  }

  /**
   * Verifies the store of a directory.
   *
   * @param scratch an empty or missing directory elsewhere, with room for a copy of the state; it
   *     is gone afterwards if it was used
   * @param listener sees each finding as it is made
   */
  public static VerifyReport run(Path directory, Path scratch, Consumer<Finding> listener) {
    StoreFiles files = StoreDirectory.files(directory);
    if (!StoreDirectory.holdsPartOfStore(files)) {
      StoreDirectory.identity(files);
    }
    return MovingTarget.verify(files, listener, told -> new Verification(scratch, told).run(files));
  }

  private VerifyReport run(StoreFiles files) {
    byte[] storeId = new DirectoryCheck(files, findings).run();
    SnapshotsCheck snapshots = new SnapshotsCheck(files, findings);
    LargeValuesCheck large = new LargeValuesCheck(files, findings);
    // The state first: what is folded after it was opened is then still in the log.
    try (StateStore state = openState(files, storeId);
        LogReader log = openLog(files, storeId)) {
      LogCheck check = null;
      if (log != null) {
        base = base(files, storeId, log);
        check = new LogCheck(log, base == null ? null : base.manifest().progress(), findings);
        check.run(progress.applied());
      }
      if (state != null) {
        check(state, log, check);
      }
      snapshots.run();
      large.run(state, log);
      return report(log, check, snapshots.checked(), large);
    }
  }

  /** A log that does not reach back to its beginning goes on from a snapshot. */
  private @Nullable Snapshot base(StoreFiles files, byte @Nullable [] storeId, LogReader log) {
    return storeId == null || log.firstPosition() == 1
        ? null
        : SnapshotChoice.of(files, storeId, log, progress.applied()).snapshot();
  }

  private @Nullable StateStore openState(StoreFiles files, byte @Nullable [] storeId) {
    notCompared = "the state cannot be opened";
    if (!Files.exists(files.state())) {
      findings.add(Part.STATE, files.state(), "a state", "no directory");
      return null;
    }
    StateStore state = null;
    try {
      state = StateStore.openReadOnly(files.state());
      progress = state.progress();
      Owner owner = state.owner().orElse(null);
      if (owner != null && storeId != null) {
        owner.requireStore(files.state(), storeId);
      }
    } catch (TidemarkException e) {
      findings.add(Part.STATE, files.state(), "a state that opens", e.getMessage());
    }
    return state;
  }

  /** One that is not this store's is looked at all the same. */
  private @Nullable LogReader openLog(StoreFiles files, byte @Nullable [] storeId) {
    try {
      return LogReader.open(files, storeId);
    } catch (TidemarkException e) {
      findings.add(Part.LOG, files.log(), "a log of this store that can be read", e.getMessage());
    }
    try {
      return storeId == null ? null : LogReader.open(files, null);
    } catch (TidemarkException e) {
      return null;
    }
  }

  private void check(StateStore state, @Nullable LogReader log, @Nullable LogCheck check) {
    try {
      audit = state.audit(this::found);
    } catch (TidemarkException e) {
      findings.add(Part.STATE, "the state", "readable files", e.getMessage());
    }
    if (log == null || check == null) {
      notCompared = "the log cannot be read";
      return;
    }
    if (progress.applied() > log.lastPosition()) {
      findings.add(
          Part.LOG_AGAINST_STATE,
          "applied position",
          "at most " + log.lastPosition() + ", where the log ends",
          progress.applied());
    }
    notCompared = obstacle(state, log, check);
    if (notCompared == null) {
      compareOrigins(check.rowsAtApplied(), progress.origins());
      compareKeys(state, log);
    }
  }

  private void found(StateMismatch mismatch) {
    String where =
        mismatch.key() == null
            ? mismatch.kind().toString()
            : mismatch.kind() + ", namespace " + mismatch.namespace() + ", key " + mismatch.key();
    findings.add(Part.STATE, where, mismatch.expected(), mismatch.actual());
  }

  /** Why the log cannot judge the state, or null if it can. */
  private @Nullable String obstacle(StateStore state, LogReader log, LogCheck check) {
    if (log.firstPosition() > 1 && base == null) {
      return "the log begins at position "
          + log.firstPosition()
          + ", and no good snapshot reaches it";
    } else if (!check.isReadable()) {
      return "the log is damaged";
    } else if (progress.applied() > log.lastPosition()) {
      return "the log ends before the state";
    } else if (state.midway() != 0) {
      return "the state is in the middle of what ends at position " + state.midway();
    } else if (check.isFoldedPastApplied()) {
      return FOLDED_BEYOND;
    }
    return null;
  }

  private void compareOrigins(Map<Long, OriginRow> due, Map<Long, OriginRow> held) {
    due.forEach(
        (origin, row) -> {
          if (!row.equals(held.get(origin))) {
            originDiffers(origin, row, held.get(origin));
          }
        });
    held.forEach(
        (origin, row) -> {
          if (!due.containsKey(origin)) {
            originDiffers(origin, null, row);
          }
        });
  }

  private void originDiffers(long origin, @Nullable OriginRow due, @Nullable OriginRow held) {
    String where = "origin " + ReplicaId.format(origin);
    findings.add(
        Part.LOG_AGAINST_STATE, where, due == null ? "none" : due, held == null ? "none" : held);
  }

  private void compareKeys(StateStore state, LogReader log) {
    try (StateRebuild rebuild = new StateRebuild(scratch, state.schema(), base, findings);
        Pin pin = state.pin()) {
      rebuild.join(log, progress.applied());
      rebuild.compare(state, pin);
      compared = rebuild.compared();
    } catch (DamagedException e) {
      // The audit has told which block or record.
      notCompared = "the state cannot be read to its end";
    }
  }

  private VerifyReport report(
      @Nullable LogReader log, @Nullable LogCheck check, long snapshots, LargeValuesCheck large) {
    if (log == null || check == null) {
      return new VerifyReport(
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          progress.applied(),
          audit.keys(),
          audit.cells(),
          audit.bytes(),
          compared,
          notCompared,
          null,
          snapshots,
          large.values(),
          large.chunks(),
          findings.count());
    }
    boolean refused = log.refusal().isPresent();
    return new VerifyReport(
        log.firstPosition(),
        log.lastPosition(),
        log.segments().size(),
        check.commits(),
        check.operations(),
        check.records(),
        check.bytes(),
        progress.applied(),
        audit.keys(),
        audit.cells(),
        audit.bytes(),
        compared,
        notCompared,
        refused ? null : log.tail().map(tail -> tail.exception().getMessage()).orElse(null),
        snapshots,
        large.values(),
        large.chunks(),
        findings.count());
  }
}
