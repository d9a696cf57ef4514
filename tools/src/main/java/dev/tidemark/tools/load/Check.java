package dev.tidemark.tools.load;

import dev.tidemark.Tidemark;
import dev.tidemark.error.OutOfSpaceException;
import dev.tidemark.storage.RecoveryReport;
import dev.tidemark.storage.inspect.Finding;
import dev.tidemark.storage.inspect.Verification;
import dev.tidemark.storage.inspect.VerifyReport;
import dev.tidemark.tools.output.Directories;
import dev.tidemark.type.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Holds a store to what a file of acknowledgements says. Opens it, compares every value, appends,
 * opens it again and compares once more, follows the log, and lets the store verify itself.
 */
public final class Check {
  private static final double NANOS = 1e9;

  private final Path directory;
  private final Path file;
  private final Durability level;
  private final Consumer<RecoveryReport> onOpen;
  private final Verdict verdict = new Verdict();
  private final long started = System.nanoTime();

  /**
   * A check of the store of a directory.
   *
   * @param level what acknowledged commits have survived: at {@code SYNCED} those that were not
   *     waited for may be missing, from a position on
   * @param onOpen is told what the first open found, before anything is compared
   */
  public Check(Path directory, Path file, Durability level, Consumer<RecoveryReport> onOpen) {
    this.directory = directory;
    this.file = file;
    this.level = level;
    this.onOpen = onOpen;
  }

  /** What is known once the store was opened for the first time. */
  private record FirstOpen(
      RecoveryReport recovery,
      long logEnd,
      SessionHeader session,
      boolean appended,
      ToLongFunction<LaneId> shown) {}

  /** Runs it. */
  public CheckReport run() throws IOException {
    AckLog log = AckLog.read(file);
    judgeMissingLines(log);
    FirstOpen first = open(log);
    AckLog now = AckLog.read(file);
    RecoveryReport reopening = reopen(now, first);
    VerifyReport verification = verify();
    return new CheckReport(
        log.lines(),
        verdict.lostCount(),
        verdict.wrongCount(),
        verdict.remarks(),
        first.recovery(),
        reopening,
        first.logEnd(),
        verification,
        (System.nanoTime() - started) / NANOS);
  }

  /** A writer goes on only behind its line, so a line between two others was there. */
  private void judgeMissingLines(AckLog log) {
    for (SessionHeader session : log.sessions()) {
      for (int i = 0; i < session.writers(); i++) {
        LaneId lane = session.lane(i);
        for (long index : log.acks(lane).missing()) {
          verdict.wrong(LaneCheck.commit(lane, index), "the file has no line for it");
        }
      }
    }
  }

  private FirstOpen open(AckLog log) throws IOException {
    try (Tidemark store = LoadStore.openStill(directory)) {
      onOpen.accept(store.recovery());
      long logEnd = store.status().appendedPosition();
      ToLongFunction<LaneId> shown =
          new ValueCheck(log, new LogWalk(log, verdict).run(directory), verdict)
              .run(
                  StoredValues.read(store, verdict),
                  (session, writer) -> LaneBounds.of(log, session, writer, logEnd, level));
      SessionHeader own = CheckSession.begin(store, directory, file, log);
      return new FirstOpen(store.recovery(), logEnd, own, append(store, own), shown);
    }
  }

  /**
   * On a disk that is still full there is nothing to append to: what is there is judged all the
   * same.
   */
  private boolean append(Tidemark store, SessionHeader own) throws IOException {
    try {
      CheckSession.append(store, file, own);
      return true;
    } catch (OutOfSpaceException e) {
      verdict.remark("nothing could be appended", String.valueOf(e.getMessage()));
      return false;
    }
  }

  private RecoveryReport reopen(AckLog log, FirstOpen first) {
    try (Tidemark store = LoadStore.openStill(directory)) {
      new ValueCheck(log, new LogWalk(log, verdict).run(directory), verdict)
          .run(
              StoredValues.read(store, verdict),
              (session, writer) -> expected(first, session.lane(writer)));
      return store.recovery();
    }
  }

  private static LaneBounds expected(FirstOpen first, LaneId lane) {
    if (lane.session() != first.session().number()) {
      return LaneBounds.exactly(first.shown().applyAsLong(lane));
    }
    return first.appended()
        ? LaneBounds.exactly(CheckSession.COMMITS)
        : new LaneBounds(0, CheckSession.COMMITS, 0);
  }

  private VerifyReport verify() throws IOException {
    Path room = Files.createTempDirectory("tidemark-check");
    try {
      return Verification.run(directory, room.resolve("state"), this::found);
    } finally {
      Directories.delete(room);
    }
  }

  private void found(Finding finding) {
    String part = finding.part().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    String what = part + " at " + finding.where();
    String how = "expected " + finding.expected() + ", actual " + finding.actual();
    if (finding.part() == Finding.Part.DIRECTORY) {
      // The store has opened, so its identity is fine: what is left are files of somebody else.
      verdict.remark(what, how);
    } else {
      verdict.wrong(what, how);
    }
  }
}
