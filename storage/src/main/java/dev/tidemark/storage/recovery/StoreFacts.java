package dev.tidemark.storage.recovery;

import dev.tidemark.error.DamagedException;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.format.Place;
import dev.tidemark.storage.log.Damage;
import dev.tidemark.storage.log.LogCondition;
import dev.tidemark.storage.log.LogReader;
import dev.tidemark.storage.log.SegmentInfo;
import dev.tidemark.storage.recovery.Facts.Birth;
import dev.tidemark.storage.recovery.Facts.Mark;
import dev.tidemark.storage.recovery.Facts.Provenance;
import dev.tidemark.storage.recovery.Facts.Reach;
import dev.tidemark.storage.recovery.Facts.State;
import dev.tidemark.storage.snapshot.DecidedRestore;
import dev.tidemark.storage.snapshot.Snapshot;
import dev.tidemark.storage.state.Progress;
import dev.tidemark.storage.state.StateLook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is on the disk before an open, gathered without writing a byte.
 *
 * @param identity who the store is, or null if there is no identity
 * @param place where the directory is
 * @param log the log as it was looked at
 * @param state the state as it was looked at, or null if there is none that opens
 * @param logDamage what is wrong in that part of the log which the state lacks, or null
 * @param stateDamage why the state cannot be used, or null if it can, or there is none
 * @param suspect whether the state was under suspicion, and therefore examined
 * @param fresh whether the directory has nothing but what a first open leaves behind
 * @param choice the snapshot to go on from, where log and state alone do not do
 * @param restored whether a restore was decided: identity and state are then those it brings
 */
record StoreFacts(
    @Nullable Identity identity,
    Place place,
    LogReader log,
    @Nullable DamagedException logDamage,
    @Nullable StateLook state,
    @Nullable DamagedException stateDamage,
    boolean suspect,
    boolean fresh,
    SnapshotChoice choice,
    boolean restored) {

  /**
   * Looks at a directory.
   *
   * @throws StoreUnusableException if a file is another store's, of another kind or another format,
   *     or cannot be read
   * @throws DamagedException if identity or catalogue are damaged
   */
  static StoreFacts gather(StoreFiles files) {
    if (DecidedRestore.isThere(files)) {
      return ofRestore(files);
    }
    Identity identity = Identity.read(files).orElse(null);
    byte[] storeId = identity == null ? null : identity.storeId();
    boolean suspect = Files.exists(files.stateSuspect());
    // The state first: of a store that another process writes, the log then reaches at least it.
    StateLook state = null;
    DamagedException damage = null;
    try {
      state = StateLook.at(files.state(), suspect).orElse(null);
    } catch (DamagedException e) {
      damage = e;
    }
    if (state != null && state.owner().isPresent() && storeId != null) {
      state.owner().get().requireStore(files.state(), storeId);
    }
    LogReader log = LogReader.open(files, storeId);
    long applied = state == null ? 0 : state.progress().applied();
    SnapshotChoice choice = choice(files, storeId, log, state);
    Snapshot base = choice.snapshot();
    if (base != null) {
      applied = base.position();
    }
    return new StoreFacts(
        identity,
        place(files),
        log,
        damageAbove(applied, log),
        state,
        damage,
        suspect,
        isFresh(files),
        choice,
        false);
  }

  /** Asked only where the state does not do: it reads all of a snapshot. */
  private static SnapshotChoice choice(
      StoreFiles files, byte @Nullable [] storeId, LogReader log, @Nullable StateLook state) {
    boolean isReached = state != null && state.progress().applied() >= log.firstPosition() - 1;
    if (isReached || storeId == null || log.firstPosition() == 1 || log.refusal().isPresent()) {
      return SnapshotChoice.NONE;
    }
    return SnapshotChoice.of(files, storeId, log, log.lastPosition());
  }

  /** What is there besides is about to be set aside, whatever it is. */
  private static StoreFacts ofRestore(StoreFiles files) {
    Identity identity = DecidedRestore.identity(files).orElse(null);
    StateLook state = new StateLook(DecidedRestore.progress(files), Optional.empty());
    LogReader none = LogReader.open(new StoreFiles(files.restored()));
    return new StoreFacts(
        identity, place(files), none, null, state, null, false, false, SnapshotChoice.NONE, true);
  }

  /**
   * Reads what the state lacks of the sealed segments: damage there would else be met by the
   * replay, after the open has begun to write.
   */
  private static @Nullable DamagedException damageAbove(long applied, LogReader log) {
    if (log.refusal().isPresent()) {
      return log.refusal().get();
    }
    for (SegmentInfo segment : log.segments()) {
      if (segment.sealed() && segment.lastPosition() > applied) {
        Optional<Damage> damage = log.verify(segment);
        if (damage.isPresent()) {
          return damage.get().exception();
        }
      }
    }
    return null;
  }

  private static Place place(StoreFiles files) {
    try {
      return Place.of(files.directory());
    } catch (IOException e) {
      throw unreadable(files, e);
    }
  }

  /** Whether a directory has nothing but what a first open leaves that was killed early. */
  static boolean isFresh(StoreFiles files) {
    try (Stream<Path> entries = Files.list(files.directory())) {
      return entries.allMatch(entry -> isFromFirstOpen(files, entry));
    } catch (IOException e) {
      throw unreadable(files, e);
    }
  }

  private static boolean isFromFirstOpen(StoreFiles files, Path entry) {
    String name = entry.getFileName().toString();
    return name.equals(files.lock().getFileName().toString())
        || name.startsWith(files.identity().getFileName() + ".")
        || name.equals("lost+found");
  }

  private static StoreUnusableException unreadable(StoreFiles files, IOException e) {
    return new StoreUnusableException(
        Problem.of("store directory cannot be read")
            .with("directory", files.directory())
            .with("cause", e)
            .advise("check its permissions"),
        e);
  }

  /** How far the state is. */
  Progress progress() {
    return state == null ? Progress.NONE : state.progress();
  }

  /** The position up to which the state is folded; 0 if there is none. */
  long applied() {
    return progress().applied();
  }

  /** What the choice of a case depends on. */
  Facts facts() {
    return new Facts(
        birth(),
        isEmpty(),
        logCondition(),
        log.firstPosition() == 1,
        mark(),
        stateCondition(),
        reach(),
        choice.snapshot() != null,
        provenance());
  }

  private Birth birth() {
    if (restored) {
      return Birth.RESTORED;
    }
    if (identity == null) {
      return Birth.NONE;
    }
    return identity.finished() ? Birth.DONE : Birth.UNFINISHED;
  }

  private boolean isEmpty() {
    // A state that an interrupted first open leaves half-made holds nothing either.
    return identity == null ? fresh : log.lastPosition() < 1 && applied() == 0;
  }

  private Mark mark() {
    OptionalLong mark = log.durableMark();
    if (mark.isEmpty()) {
      return Mark.MISSING;
    }
    return mark.getAsLong() <= Math.max(log.lastPosition(), applied()) ? Mark.KEPT : Mark.BROKEN;
  }

  private LogCondition logCondition() {
    boolean found = log.refusal().isEmpty() && logDamage != null;
    return found ? LogCondition.DAMAGED : log.condition();
  }

  private State stateCondition() {
    if (stateDamage != null) {
      return State.DAMAGED;
    }
    return state == null ? State.ABSENT : State.WHOLE;
  }

  private Reach reach() {
    if (state == null || log.condition() == LogCondition.ABSENT) {
      return Reach.EVEN;
    }
    if (applied() > log.lastPosition()) {
      return Reach.AHEAD;
    }
    if (applied() + 1 < log.firstPosition()) {
      return Reach.CUT_OFF;
    }
    return applied() < log.lastPosition() ? Reach.BEHIND : Reach.EVEN;
  }

  private Provenance provenance() {
    if (identity == null) {
      return Provenance.OWN;
    }
    if (!identity.place().equals(place)) {
      return Provenance.COPIED;
    }
    boolean known =
        state == null
            || state.owner().map(owner -> identity.isOrWas(owner.replicaId())).orElse(true);
    return known ? Provenance.OWN : Provenance.OLD;
  }
}
