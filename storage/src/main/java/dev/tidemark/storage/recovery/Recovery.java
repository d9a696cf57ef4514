package dev.tidemark.storage.recovery;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.fault.CrashPoint;
import dev.tidemark.storage.file.DiskFull;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.Quarantine;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.recovery.Facts.State;
import dev.tidemark.storage.recovery.RecoveryCase.Outcome;
import dev.tidemark.storage.snapshot.DecidedRestore;
import dev.tidemark.storage.snapshot.RestoreReport;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.snapshot.SnapshotCopy;
import dev.tidemark.storage.state.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One recovery: looks without writing a byte, chooses the case, then carries out what has to be
 * done before log and state can be opened. Every step can be taken again when a crash interrupts
 * it: what is found then is the same case, or one that is nearer to the end.
 */
public final class Recovery {
  private final StoreFiles files;
  private final StoreFacts facts;
  private final RecoveryTable.Row row;
  private final List<String> notes = new ArrayList<>();
  private LogReader log;

  private Recovery(StoreFiles files, StoreFacts facts) {
    this.files = files;
    this.facts = facts;
    this.row = RecoveryTable.rowFor(facts.facts());
    this.log = facts.log();
  }

  /**
   * Refuses a directory that is no store and holds something: before even a lock is put into it.
   *
   * @throws StoreUnusableException if it holds something else
   * @throws dev.tidemark.error.DamagedException if it holds a store without its identity
   */
  public static void requireStoreOrFresh(StoreFiles files) {
    boolean isStore = Files.exists(files.identity()) || DecidedRestore.isThere(files);
    if (!isStore && !StoreFacts.isFresh(files)) {
      throw Refusals.identityLost(files);
    }
  }

  /**
   * Looks at an existing directory and chooses the case.
   *
   * @throws StoreUnusableException if a file is another store's, of another kind or another format,
   *     or cannot be read
   * @throws dev.tidemark.error.DamagedException if identity or catalogue are damaged
   */
  public static Recovery look(StoreFiles files) {
    return new Recovery(files, StoreFacts.gather(files));
  }

  /** The case. */
  public RecoveryCase recoveryCase() {
    return row.recoveryCase();
  }

  /** The condition of the case, in words. */
  public String why() {
    return row.when();
  }

  /** What was found, one finding a line. */
  public List<String> findings() {
    return Findings.of(facts);
  }

  /** Why the store will not open, if it will not. */
  public Optional<TidemarkException> refusal() {
    return recoveryCase().outcome() == Outcome.REFUSED
        ? Optional.of(Refusals.of(recoveryCase(), facts, files))
        : Optional.empty();
  }

  /** What was done, one sentence each. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** The log as it is now. */
  public LogReader log() {
    return log;
  }

  /**
   * Does what has to be done before log and state can be opened.
   *
   * @param askedReplicaId the replica id to take if the store is created; 0 for a random one
   * @return who the store is from now on
   * @throws TidemarkException if the case is one that is refused; nothing is changed
   * @throws IllegalArgumentException if the store has another replica id than the one asked for
   */
  public Identity carryOut(long askedReplicaId, DurableFiles disk) {
    refusal()
        .ifPresent(
            refusal -> {
              throw refusal;
            });
    requireReplica(askedReplicaId);
    try {
      if (recoveryCase() == RecoveryCase.RESTORE_DECIDED) {
        return finishRestore(askedReplicaId, disk);
      }
      // The identity first: from here on no dot can be made twice, whatever comes in between.
      Identity identity = identity(askedReplicaId, disk);
      Snapshot base = facts.choice().snapshot();
      if (base != null) {
        takeStateOf(base, disk);
      } else if (facts.facts().state() == State.DAMAGED) {
        setStateAside(disk);
      } else if (facts.suspect()) {
        disk.delete(files.stateSuspect());
        notes.add("the state was under suspicion; its examination found nothing");
      }
      if (recoveryCase() == RecoveryCase.STATE_AHEAD) {
        beginLogAfterState(identity, disk);
      }
      return identity;
    } catch (IOException e) {
      IOException broken = DiskFull.unless(e, files.directory());
      throw new StoreUnusableException(
          Problem.of("recovery cannot write")
              .with("directory", files.directory())
              .with("case", recoveryCase().words())
              .with("cause", broken)
              .advise("check the disk; the next open goes on where this one stopped"),
          broken);
    }
  }

  /** What it leaves is a store like any other, which is looked at from the beginning. */
  private Identity finishRestore(long askedReplicaId, DurableFiles disk) throws IOException {
    RestoreReport report = new DecidedRestore(files, disk).finish();
    notes.add("the state of a snapshot at position " + report.position() + " was restored");
    report.setAside().forEach(path -> notes.add("what was there before was moved to " + path));
    Recovery next = look(files);
    Identity identity = next.carryOut(askedReplicaId, disk);
    notes.addAll(next.notes());
    log = next.log();
    return identity;
  }

  private void requireReplica(long asked) {
    Identity identity = facts.identity();
    if (identity != null && asked != 0 && !identity.isOrWas(asked)) {
      throw Problem.of("store has another replica id")
          .with("replica", ReplicaId.format(identity.replicaId()))
          .with("asked", ReplicaId.format(asked))
          .advise("leave the option out: the id is chosen when the directory is created")
          .illegalArgument();
    }
  }

  private Identity identity(long askedReplicaId, DurableFiles disk) {
    Identity found = facts.identity();
    // A first open that was interrupted may have been copied too: nothing is lost with its id.
    if (found != null && isKept(found)) {
      return found;
    }
    Identity taken = found == null ? first(askedReplicaId) : reborn(found);
    CrashPoint.RECOVERY_IDENTITY.before();
    taken.write(files, disk);
    CrashPoint.RECOVERY_IDENTITY.after();
    if (found != null) {
      notes.add(
          "the replica id is now "
              + ReplicaId.format(taken.replicaId())
              + " and was "
              + ReplicaId.format(found.replicaId())
              + ", because "
              + why());
    }
    return taken;
  }

  private boolean isKept(Identity found) {
    return recoveryCase().outcome() != Outcome.NEW_REPLICA && found.place().equals(facts.place());
  }

  private Identity first(long askedReplicaId) {
    long replicaId = askedReplicaId == 0 ? Identity.drawReplicaId() : askedReplicaId;
    return Identity.first(
        Identity.drawStoreId(), replicaId, System.currentTimeMillis(), facts.place());
  }

  private Identity reborn(Identity found) {
    return found.reborn(Identity.drawReplicaId(), System.currentTimeMillis(), facts.place());
  }

  /** Copied whole before anything moves: what a crash leaves of it is found as the same case. */
  private void takeStateOf(Snapshot base, DurableFiles disk) throws IOException {
    notes.addAll(facts.choice().passedOver());
    disk.deleteDirectory(files.restoring());
    new SnapshotCopy(base, disk, () -> {}).copyData(files.restoring());
    if (Files.exists(files.state())) {
      Path aside = new Quarantine(files, disk).take(files.state());
      notes.add("the state that could not be used was moved to " + aside);
    }
    disk.delete(files.stateSuspect());
    CrashPoint.RECOVERY_SNAPSHOT.before();
    disk.move(files.restoring(), files.state());
    CrashPoint.RECOVERY_SNAPSHOT.after();
    notes.add("the state was taken from the snapshot " + base.directory());
  }

  private void setStateAside(DurableFiles disk) throws IOException {
    Path aside = new Quarantine(files, disk).take(files.state());
    // Only now: until the state is out of the way the suspicion stands.
    disk.delete(files.stateSuspect());
    String reason = facts.stateDamage() == null ? "" : ": " + facts.stateDamage().getMessage();
    notes.add("the damaged state was moved to " + aside + " and is built anew" + reason);
  }

  private void beginLogAfterState(Identity identity, DurableFiles disk) throws IOException {
    if (Files.exists(files.log())) {
      notes.add("the old log was moved to " + new Quarantine(files, disk).take(files.log()));
    }
    CrashPoint.RECOVERY_LOG_CUT.before();
    Progress held = facts.progress();
    OpLog.begin(files, identity.storeId(), held.applied() + 1, held.vector(), disk);
    CrashPoint.RECOVERY_LOG_CUT.after();
    log = LogReader.open(files, identity.storeId());
    notes.add("the log begins anew at position " + (facts.applied() + 1));
  }
}
