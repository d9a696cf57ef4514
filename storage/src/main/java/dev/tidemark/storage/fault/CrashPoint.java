package dev.tidemark.storage.fault;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The steps between which a kill may fall, named so that a test can choose one. Each is hit before
 * and after; a process that was started with {@code -Dtidemark.crash=log_append.before:3} kills
 * itself at the third hit of that moment. Without the property a hit is a constant that the
 * compiler removes.
 *
 * <p>It is a real {@code kill -9}, not a halt of the JVM: a halt runs the exit handlers of native
 * libraries, which a killed process never does.
 */
public enum CrashPoint {
  /** A commit of this store: gathered, logged, visible, and not yet told to its caller. */
  COMMIT,
  /** One entry into the log's file. */
  LOG_APPEND,
  /** The force of the log's file. */
  LOG_FORCE,
  /** A new segment: its directory and file, unless they were made ahead, and its first entry. */
  SEGMENT_CREATE,
  /** What the next segment is made of, while the one before is appended to. */
  SEGMENT_AHEAD,
  /** A full segment becomes a sealed one: cut, forced, and not yet in the catalogue. */
  SEGMENT_SEAL,
  /** Within that, the file is unmapped and is cut to its length. */
  SEGMENT_CUT,
  /** The beginning of the log is dropped: the catalogue, then the segments. */
  LOG_TRUNCATE,
  /** The durable mark moves on. */
  MARK_ADVANCE,
  /** A file is replaced: the rename of what was written aside. */
  RENAME,
  /** A batch of folded deltas into the state. */
  FOLD_BATCH,
  /** A batch that forgets what is below the floor. */
  COLLECT_BATCH,
  /** A batch that replaces a damaged key. */
  REPAIR_BATCH,
  /** The state's memory to its files. */
  STATE_FLUSH,
  /** A snapshot is taken: the copy of the state, its manifest, its name. */
  SNAPSHOT_TAKE,
  /** Within that, RocksDB copies itself. */
  SNAPSHOT_CHECKPOINT,
  /** Within that, what is whole takes its name. */
  SNAPSHOT_PUBLISH,
  /** An older snapshot goes: it loses its name first. */
  SNAPSHOT_REMOVE,
  /** A run of another store is written aside. */
  RUN_ASIDE,
  /** It becomes a segment of the log. */
  RUN_ATTACH,
  /** A batch of it, but for the last, is folded. */
  RUN_BATCH,
  /** The state says that the store holds fewer keys. */
  NARROW,
  /** A compaction writes what segments come to. */
  COMPACT_WRITE,
  /** Within that, and for a run of another store, the force of the folded segment's file. */
  FOLDED_FORCE,
  /** A folded segment takes the place of others: it gets its name and the catalogue is replaced. */
  SEGMENTS_SWAP,
  /** A segment that is not in the catalogue any more is deleted. */
  SEGMENT_REMOVE,
  /** A chunk of a large value is written aside and takes its name. */
  BLOB_CHUNK,
  /** All chunks of a large value are named, and the directories that name them are forced. */
  BLOB_FORCE,
  /** A chunk that nothing refers to is deleted. */
  BLOB_SWEEP,
  /** The store is closed. */
  CLOSE,
  /** A segment that a crash left open is sealed by the next open. */
  RECOVERY_SEAL,
  /** What cannot be used any more is moved out of the way. */
  RECOVERY_SET_ASIDE,
  /** A log begins anew where the state ends. */
  RECOVERY_LOG_CUT,
  /** A snapshot takes the place of a state that is lost. */
  RECOVERY_SNAPSHOT,
  /** The store takes another replica id. */
  RECOVERY_IDENTITY,
  /** A restore that was decided is carried out: from here on it comes to its end. */
  RESTORE_FINISH,
  /** Replay of what the state lacks. */
  RECOVERY_REPLAY,
  /** Within that, one commit enters memory. */
  RECOVERY_REPLAY_COMMIT;

  /** The property that arms one moment. */
  public static final String PROPERTY = "tidemark.crash";

  private static final @Nullable Armed ARMED = Armed.parse(System.getProperty(PROPERTY));

  /** The step begins. */
  public void before() {
    if (ARMED != null) {
      ARMED.hit(this, true);
    }
  }

  /** The step is done. */
  public void after() {
    if (ARMED != null) {
      ARMED.hit(this, false);
    }
  }

  private record Armed(CrashPoint point, boolean before, AtomicInteger left) {
    static @Nullable Armed parse(@Nullable String text) {
      if (text == null) {
        return null;
      }
      String[] parts = text.split("[.:]", -1);
      boolean side = parts.length == 3 && (parts[1].equals("before") || parts[1].equals("after"));
      if (!side) {
        throw new IllegalArgumentException(
            PROPERTY + " is not of the form point.before:hits or point.after:hits: " + text);
      }
      return new Armed(
          valueOf(parts[0].toUpperCase(Locale.ROOT)),
          parts[1].equals("before"),
          new AtomicInteger(Integer.parseInt(parts[2])));
    }

    void hit(CrashPoint at, boolean beginning) {
      if (at == point && beginning == before && left.decrementAndGet() == 0) {
        kill();
      }
    }

    private static void kill() {
      try {
        // Through the shell, which has it built in: the JVM does not send this signal to itself.
        new ProcessBuilder("sh", "-c", "kill -9 " + ProcessHandle.current().pid()).start();
      } catch (IOException e) {
        throw new IllegalStateException("cannot kill this process", e);
      }
      while (true) {
        // Not a step further.
        LockSupport.park();
      }
    }
  }
}
