package dev.tidemark.storage.repair;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.format.Place;
import dev.tidemark.storage.log.Coverage;
import dev.tidemark.storage.log.FoldedSegment;
import dev.tidemark.storage.log.FoldedWriter;
import dev.tidemark.storage.log.LogCursor;
import dev.tidemark.storage.log.LogOptions;
import dev.tidemark.storage.log.OpLog;
import dev.tidemark.storage.log.SalvagedRun;
import dev.tidemark.storage.overlay.OfflineFold;
import dev.tidemark.storage.repair.Admission.Taken;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.Owner;
import dev.tidemark.storage.state.StateOptions;
import dev.tidemark.storage.state.StateStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * The store that a repair makes, filled the one way that commits go: into the log, synced, folded.
 * It takes its identity last: until then its directory is not a store, and every command says so.
 */
final class NewStore implements AutoCloseable {
  private final StoreFiles files;
  private final Owner owner;
  private final StateStore state;
  private final OpLog log;
  private final OfflineFold fold;
  private long commits;
  private long operations;

  private NewStore(StoreFiles files, Owner owner, StateStore state, OpLog log) {
    this.files = files;
    this.owner = owner;
    this.state = state;
    this.log = log;
    this.fold = new OfflineFold(state, OfflineFold.ALONE_BYTES);
  }

  /** Makes one with nothing in it, whose log begins at position 1. */
  static NewStore create(StoreFiles files, Owner owner, Schema schema, Interest interest) {
    NewStore store =
        open(files, owner, StateStore.open(files.state(), schema, StateOptions.DEFAULT));
    if (!interest.isAll()) {
      store.state.hold(interest);
    }
    return store;
  }

  /** Makes one with a copy of a state, whose log begins at a position. */
  static NewStore create(StoreFiles files, Owner owner, OldState copied, long firstPosition) {
    copied.copyTo(files.state(), owner);
    Schema schema = copied.schema().orElseThrow();
    StateStore state = StateStore.open(files.state(), schema, StateOptions.DEFAULT);
    boolean sound = false;
    try {
      requireSound(state);
      OpLog.begin(
          files,
          owner.storeId(),
          firstPosition,
          state.progress().vector(),
          DurableFiles.standard());
      sound = true;
    } finally {
      if (!sound) {
        state.close();
      }
    }
    return open(files, owner, state);
  }

  private static NewStore open(StoreFiles files, Owner owner, StateStore state) {
    boolean opened = false;
    try {
      state.claim(owner);
      OpLog log = OpLog.open(files, owner.storeId(), LogOptions.DEFAULT);
      NewStore store = new NewStore(files, owner, state, log);
      opened = true;
      return store;
    } finally {
      if (!opened) {
        state.close();
      }
    }
  }

  /** The disk that is written to may be no better than the one that was read from. */
  private static void requireSound(StateStore copy) {
    List<String> mismatches = new ArrayList<>();
    if (!copy.audit(mismatch -> mismatches.add(mismatch.toString())).isClean()) {
      throw new StoreUnusableException(
          Problem.of("copy of the state is not what was copied")
              .with("first", mismatches.get(0))
              .advise("repair into a directory on another disk"));
    }
  }

  /** Logs a commit that the copied state holds already. */
  void log(Commit commit, byte[] bytes) {
    log.append(bytes, 0, bytes.length);
    commits++;
    operations += commit.operations().size();
  }

  /** Logs and folds a commit. */
  void take(Taken taken) {
    byte[] bytes = taken.bytes();
    long position = log.append(bytes, 0, bytes.length);
    commits++;
    operations += taken.commit().operations().size();
    if (fold.join(taken.commit(), position, taken.row())) {
      settle();
    }
  }

  /** Logs and folds a folded segment, at one position. */
  void take(SalvagedRun run, SortedMap<Long, OriginRow> rows) {
    FoldedSegment copy;
    try (FoldedWriter writer = log.folded(run.coverage())) {
      run.read(writer::add);
      copy = writer.seal();
    }
    settle();
    // It may be a state that had forgotten: who lacks some of it gets it as a whole.
    boolean first = log.appendedPosition() < log.firstPosition();
    long position =
        log.attach(
            copy,
            first ? Coverage.after(run.coverage()) : VersionVector.EMPTY,
            VersionVector.EMPTY);
    try (LogCursor cursor = log.cursor(position)) {
      cursor.next();
      fold.takeRun(cursor.effect(), cursor.records(), position, rows);
    }
  }

  /** Folds all that was taken. */
  void settle() {
    log.sync();
    fold.fold();
  }

  /** What is folded so far. */
  StateStore state() {
    return state;
  }

  /** Its log, from the beginning. */
  LogCursor cursor() {
    return log.cursor(log.firstPosition());
  }

  long firstPosition() {
    return log.firstPosition();
  }

  long lastPosition() {
    return log.appendedPosition();
  }

  long commits() {
    return commits;
  }

  long operations() {
    return operations;
  }

  /** Closes what was made, and only then makes a store of it. */
  void finish() {
    settle();
    log.close();
    state.close();
    long now = System.currentTimeMillis();
    Identity.first(owner.storeId(), owner.replicaId(), now, place())
        .finish()
        .write(files, DurableFiles.standard());
  }

  private Place place() {
    try {
      return Place.of(files.directory());
    } catch (IOException e) {
      throw new StoreUnusableException(
          Problem.of("store directory cannot be read")
              .with("directory", files.directory())
              .with("cause", e),
          e);
    }
  }

  /** Lets go of it; unless it was finished, it is none. */
  @Override
  public void close() {
    try (state) {
      log.close();
    }
  }
}
