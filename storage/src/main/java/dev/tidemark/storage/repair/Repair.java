package dev.tidemark.storage.repair;

import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.file.JvmFlags;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.file.StoreLock;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.inspect.StoreDirectory;
import dev.tidemark.storage.log.SalvageCursor;
import dev.tidemark.storage.log.SalvagedLog;
import dev.tidemark.storage.log.SalvagedRun;
import dev.tidemark.storage.log.SegmentInfo;
import dev.tidemark.storage.repair.Admission.Taken;
import dev.tidemark.storage.repair.RepairReport.Basis;
import dev.tidemark.storage.state.OriginRow;
import dev.tidemark.storage.state.Owner;
import dev.tidemark.storage.state.Progress;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Makes a new store of what is left of a damaged one, and changes no byte of that. Everything that
 * can be vouched for is taken:
 *
 * <ul>
 *   <li>if the log holds every commit up to where the state is, the log vouches for all of it, and
 *       the state is built again;
 *   <li>else a sound state vouches for what it holds, and the log for what follows;
 *   <li>else the log alone vouches, from its first commit on.
 * </ul>
 *
 * A commit behind a hole is taken if nothing that it builds on is missing ({@link Admission}). What
 * is not taken is told, with all that is known of it. The new store has ids of its own: what is
 * lost may have been seen by peers under the old replica id, which must never number anything else
 * the same. The old replica is a peer of the new one, and may get its lost operations back from
 * others.
 */
public final class Repair {
  private final StoreFiles from;
  private final Target target;
  private final Findings findings;
  private final OldState state;
  private final SalvagedLog log;
  private final Owner owner = new Owner(Identity.drawStoreId(), Identity.drawReplicaId());
  private boolean catalogueCounts;
  private boolean markCounts;

  private Repair(
      StoreFiles from, Target target, Findings findings, OldState state, SalvagedLog log) {
    this.from = from;
    this.target = target;
    this.findings = findings;
    this.state = state;
    this.log = log;
  }

  /**
   * Repairs the store of a directory into another, which is empty or does not exist.
   *
   * @param listener is told what is damaged and what is lost, as it is found
   * @throws StoreUnusableException if nothing of a store is there, or it is of a newer format
   * @throws dev.tidemark.error.StoreLockedException if a process has it open
   */
  public static RepairReport run(Path directory, Path target, Consumer<RepairEvent> listener) {
    JvmFlags.require();
    StoreFiles from = StoreDirectory.files(directory);
    Target to = Target.of(from, target);
    Findings findings = new Findings(listener);
    SalvagedLog log = SalvagedLog.read(from, findings::damaged);
    try (OldState state = OldState.open(from, findings)) {
      return new Repair(from, to, findings, state, log).run();
    }
  }

  private RepairReport run() {
    hearWitnesses();
    state.audit();
    Progress progress = state.progress();
    Schema schema = state.schema().orElseGet(this::schemaOfLog);
    boolean logIsWhole = holdsAll(schema, progress);
    Basis basis = state.isSound() && !logIsWhole ? Basis.STATE : Basis.LOG;
    try (StoreLock lock = target.take(bytesNeeded(basis));
        NewStore store = create(basis, schema, progress)) {
      if (basis == Basis.STATE) {
        logWhatTheStateHolds(store, progress.applied());
      }
      takeRest(store, basis, schema, progress);
      new LargeRescue(from, target.files(), findings).run(store);
      store.finish();
      return report(store, basis, progress);
    }
  }

  private void hearWitnesses() {
    Witnesses witnesses = Witnesses.ask(from, log, state.owner(), findings);
    if (witnesses.isEmpty() && log.lastFound() == 0 && !state.isReadable()) {
      throw new StoreUnusableException(
          Problem.of("directory holds nothing of a store")
              .with("directory", from.directory())
              .advise("check the path"));
    }
    witnesses.vouchFor(from.identity());
    catalogueCounts = witnesses.vouchFor(from.catalogue());
    markCounts = witnesses.vouchFor(from.durableMark());
    if (!witnesses.vouchFor(from.state())) {
      state.disown();
    }
  }

  /** Without a state, the log says which prefix has which strategy. */
  private Schema schemaOfLog() {
    Schema schema = Schema.empty();
    Set<Namespace> folded = new LinkedHashSet<>();
    for (SalvagedRun run : log.folded()) {
      run.read(next -> folded.add(next.namespace()));
    }
    for (Namespace namespace : folded) {
      if (schema.withPrefix(namespace.prefix()) == null) {
        schema = schema.and(namespace.prefix().toUtf8(), namespace.strategy());
      }
    }
    try (SalvageCursor cursor = log.cursor()) {
      while (cursor.next()) {
        for (SalvageCursor.Found found : cursor.found()) {
          Commit commit = found.commit();
          boolean denied =
              catalogueCounts && log.denial(cursor.position(), commit.header()) != null;
          for (Operation operation : denied ? List.<Operation>of() : commit.operations()) {
            Namespace namespace = operation.namespace();
            if (schema.withPrefix(namespace.prefix()) == null) {
              schema = schema.and(namespace.prefix().toUtf8(), namespace.strategy());
            }
          }
        }
      }
    }
    return schema;
  }

  /** Whether the log alone gives all that the state holds, and comes to the same end. */
  private boolean holdsAll(Schema schema, Progress progress) {
    Admission admission = admission(schema, Map.of());
    Findings untold = new Findings(event -> {});
    FoundRuns runs = new FoundRuns(log.folded(), admission);
    long due = 1;
    try (SalvageCursor cursor = log.cursor()) {
      while (due <= progress.applied()) {
        SalvagedRun run = runs.placedAt(due);
        if (run != null) {
          admission.take(run);
          due = Math.max(due, run.lastPosition() + 1);
          continue;
        }
        if (!moveTo(cursor, due) || admission.judge(cursor, untold) == null) {
          return false;
        }
        due++;
      }
    }
    return due > progress.applied()
        && progress.origins().entrySet().stream()
            .allMatch(entry -> entry.getValue().equals(admission.row(entry.getKey())));
  }

  /** Moves to what was found at a position; false if nothing was. */
  private static boolean moveTo(SalvageCursor cursor, long position) {
    while (cursor.position() < position) {
      if (!cursor.next()) {
        return false;
      }
    }
    return cursor.position() == position;
  }

  private Admission admission(Schema schema, Map<Long, OriginRow> rows) {
    return new Admission(schema, state.interest(), owner.replicaId(), log, catalogueCounts, rows);
  }

  private long bytesNeeded(Basis basis) {
    return basis == Basis.LOG ? 2 * log.bytes() : log.bytes() + state.bytes();
  }

  private NewStore create(Basis basis, Schema schema, Progress progress) {
    return basis == Basis.LOG
        ? NewStore.create(target.files(), owner, schema, state.interest())
        : NewStore.create(target.files(), owner, state, History.firstPosition(log, progress));
  }

  private void logWhatTheStateHolds(NewStore store, long applied) {
    long first = store.firstPosition();
    try (SalvageCursor cursor = log.cursor()) {
      while (cursor.next() && cursor.position() <= applied) {
        if (cursor.position() >= first) {
          store.log(cursor.found().get(0).commit(), cursor.found().get(0).bytes());
        }
      }
    }
  }

  private void takeRest(NewStore store, Basis basis, Schema schema, Progress progress) {
    boolean fromState = basis == Basis.STATE;
    Admission admission = admission(schema, fromState ? progress.origins() : Map.of());
    learn(admission, progress);
    long due = fromState ? progress.applied() + 1 : 1;
    boolean compared = fromState || !state.isReadable();
    FoundRuns runs = new FoundRuns(log.folded(), admission);
    try (SalvageCursor cursor = log.cursor()) {
      while (cursor.next()) {
        if (cursor.position() >= due) {
          due = takeRuns(store, admission, runs, due, cursor.position());
        }
        if (cursor.position() < due) {
          continue;
        }
        if (!compared && cursor.position() > progress.applied()) {
          tellLost(due, progress.applied());
          due = Math.max(due, progress.applied() + 1);
          compare(store);
          compared = true;
        }
        tellLost(due, cursor.position() - 1);
        due = cursor.position() + 1;
        Taken taken = admission.judge(cursor, findings);
        if (taken != null) {
          store.take(taken);
        }
      }
    }
    due = takeRuns(store, admission, runs, due, lastKnown(progress) + 1);
    tellLost(due, lastKnown(progress));
    if (!compared) {
      compare(store);
    }
    admission.tellMissing(findings);
  }

  /** Takes what was folded before a position; gives the position that is due then. */
  private long takeRuns(
      NewStore store, Admission admission, FoundRuns runs, long firstDue, long next) {
    long due = firstDue;
    for (SalvagedRun run = runs.placedAt(next); run != null; run = runs.placedAt(next)) {
      tellLost(due, run.firstPosition() - 1);
      store.take(run, admission.take(run));
      due = Math.max(due, run.lastPosition() + 1);
    }
    for (SalvagedRun run = due < next ? runs.anywhere() : null; run != null; ) {
      store.take(run, admission.take(run));
      // As far as anybody can tell, the hole is what it stood for.
      due = next;
      run = runs.anywhere();
    }
    return due;
  }

  /** What the old store is known to have held of each origin. */
  private void learn(Admission admission, Progress progress) {
    progress.origins().forEach((origin, row) -> admission.know(origin, row.sequence()));
    if (catalogueCounts) {
      for (SegmentInfo segment : log.catalogued()) {
        segment.coverage().forEach(origin -> admission.know(origin.origin(), origin.after()));
      }
    }
  }

  private void tellLost(long first, long last) {
    if (first <= last) {
      findings.add(new RepairEvent.LostPositions(first, last));
    }
  }

  private void compare(NewStore store) {
    if (findings.losses() > 0) {
      store.settle();
      state.compare(store.state());
    }
  }

  private long lastKnown(Progress progress) {
    long last = Math.max(progress.applied(), log.lastFound());
    last = markCounts ? Math.max(last, log.marked()) : last;
    for (SegmentInfo segment : catalogueCounts ? log.catalogued() : List.<SegmentInfo>of()) {
      last = Math.max(last, segment.lastPosition());
    }
    return last;
  }

  private RepairReport report(NewStore store, Basis basis, Progress progress) {
    return new RepairReport(
        HexFormat.of().formatHex(owner.storeId()),
        owner.replicaId(),
        basis,
        basis == Basis.STATE ? progress.applied() : 0,
        store.firstPosition(),
        store.lastPosition(),
        store.commits(),
        store.operations(),
        findings.damages(),
        findings.losses());
  }
}
