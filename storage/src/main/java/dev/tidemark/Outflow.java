package dev.tidemark;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.PartialCommit;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.error.Problem;
import dev.tidemark.storage.handover.PartOfRun;
import dev.tidemark.storage.handover.Run;
import dev.tidemark.storage.handover.StateExport;
import dev.tidemark.storage.log.Coverage;
import dev.tidemark.storage.log.TruncatedException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one store has for another, in the order of its log: commits, runs where the log is folded,
 * and the whole state where the log does not reach what the other lacks any more, followed by what
 * was logged since. Of keys that the other has no interest in, operations are withheld. Only what
 * is synced is given.
 *
 * <p>A store that does not hold all that the other is interested in gives what it has whole, its
 * own commits among it, and no state. Where something is lacking it stops, and goes on when the
 * other has that from elsewhere: what comes behind may be caused by it. For one thread at a time;
 * close it.
 */
public final class Outflow implements AutoCloseable {
  private final Tidemark from;
  private final Interest wanted;
  private final Supplier<VersionVector> seen;
  private @Nullable CommitStream stream;
  private @Nullable StateExport state;
  private boolean held;
  private boolean lacking;
  private boolean closed;

  /** What an outflow stands on. */
  public enum Kind {
    /** A commit: {@link Outflow#header} and {@link Outflow#bytes}. */
    COMMIT,
    /** A folded piece of the log: {@link Outflow#run}. */
    RUN,
    /** All that was folded when it was asked for: {@link Outflow#run}. */
    STATE
  }

  /**
   * What a peer needs: one that has seen all needs nothing, one that has seen all that is cut off
   * needs the log, any other the state; of a store that lacks something of its interest it gets
   * what that has whole.
   */
  public enum Need {
    /** It has seen all. */
    UP_TO_DATE,
    /** The log holds all that it lacks. */
    SEGMENTS,
    /** The log does not reach what it lacks. */
    SNAPSHOT,
    /** The store does not hold all that it is interested in. */
    PART;

    /**
     * Decides.
     *
     * @param theirs what the peer has seen
     * @param ours what the store has seen
     * @param cut what the store's log does not hold any more
     */
    public static Need of(VersionVector theirs, VersionVector ours, VersionVector cut) {
      if (theirs.dominates(ours)) {
        return UP_TO_DATE;
      }
      return theirs.dominates(cut) ? SEGMENTS : SNAPSHOT;
    }
  }

  /**
   * What a store has from the start of its log.
   *
   * @param wanted what the other is interested in
   * @param seen what the other has seen; asked again whenever the log was cut ahead of this reader,
   *     or where it waits
   */
  public Outflow(Tidemark from, Interest wanted, Supplier<VersionVector> seen) {
    this.from = from;
    this.wanted = wanted;
    this.seen = seen;
    this.stream = from.commitsSince(wanted, seen.get());
  }

  /**
   * The same for a peer whose progress is known.
   *
   * @param reached the position of the store's log up to which the other has all; 0 if unknown
   */
  public Outflow(Tidemark from, Interest wanted, Supplier<VersionVector> seen, long reached) {
    this.from = from;
    this.wanted = wanted;
    this.seen = seen;
    this.stream = resumed(from, wanted, seen.get(), reached);
  }

  private static @Nullable CommitStream resumed(
      Tidemark from, Interest wanted, VersionVector theirs, long reached) {
    // In this order: what is logged up to the position is in the vector.
    long appended = from.log().appendedPosition();
    boolean upToDate = theirs.dominates(from.vector());
    return from.commitsLacking(wanted, theirs, upToDate ? appended : reached);
  }

  /** What a peer that has seen so much needs of a store. */
  public static Need need(Tidemark from, Interest wanted, VersionVector theirs) {
    // In this order: keys that it comes to hold in between cut the log first.
    boolean holdsAll = from.interest().covers(wanted);
    Need need = Need.of(theirs, from.vector(), from.log().cutForAll());
    return need == Need.UP_TO_DATE || holdsAll ? need : Need.PART;
  }

  /** What the store's log does not hold for one who is to have nothing but what it holds. */
  public VersionVector cut() {
    return from.log().cutForAll();
  }

  /**
   * Moves on to what comes next; false if no more is synced, or if it {@linkplain #isLacking waits}
   * for the other. Until it is {@linkplain #taken taken} the same is offered again.
   */
  public boolean next() {
    if (closed) {
      throw Problem.of("exchange is closed").advise("begin another").illegalState();
    }
    if (held && state == null && in().isOutdated()) {
      end();
    }
    if (held) {
      return true;
    }
    while (true) {
      CommitStream in = stream;
      if (in == null) {
        begin();
        held = state != null;
        lacking = stream == null && !isStateOfUse();
        if (held || lacking) {
          return held;
        }
        continue;
      }
      try {
        boolean isMoved = lacking || in.next();
        if (in.isOutdated()) {
          end();
          continue;
        }
        if (!isMoved) {
          return false;
        }
        if (in.isOfNoOperations()) {
          // Keys that the store came to hold: whoever may read here has seen all of them.
          continue;
        }
        lacking = in.lacks(wanted);
        held = !lacking;
        if (held || !seen.get().dominates(upTo(in))) {
          return held;
        }
        // The other has it from elsewhere.
        lacking = false;
      } catch (TruncatedException cut) {
        end();
      }
    }
  }

  /** Whether it stands before what the store does not hold and the other must have first. */
  public boolean isLacking() {
    return lacking;
  }

  /** What the other must have seen before more is given, where it {@linkplain #isLacking waits}. */
  public VersionVector awaited() {
    CommitStream in = stream;
    return in == null ? cut() : upTo(in);
  }

  private static VersionVector upTo(CommitStream in) {
    if (in.isRun()) {
      return Coverage.after(in.run().coverage());
    }
    CommitHeader header = in.header();
    return VersionVector.of(header.origin(), header.lastSequence());
  }

  /**
   * Begins to read, behind a state if the log does not reach what is lacking; not at all if the
   * store's state is of no use to the other.
   */
  private void begin() {
    stream = from.commitsLacking(wanted, seen.get(), 0);
    if (stream != null || !isStateOfUse()) {
      return;
    }
    StateExport whole = from.export();
    boolean opened = false;
    try {
      // Opened before the state is sent, which takes a while: the log keeps what comes behind it.
      stream = from.commits(whole.position() + 1);
      state = whole;
      opened = true;
    } catch (TruncatedException again) {
      // Cut off meanwhile: another state.
    } finally {
      if (!opened) {
        whole.close();
      }
    }
  }

  /** A state that has not all that the other is interested in would pass for one that has. */
  private boolean isStateOfUse() {
    return from.interest().covers(wanted);
  }

  /** What it stands on. */
  public Kind kind() {
    if (state != null) {
      return Kind.STATE;
    }
    return in().isRun() ? Kind.RUN : Kind.COMMIT;
  }

  /** The run or state it stands on; to be used before it moves on. */
  public Run run() {
    Run whole = state != null ? state : in().run();
    return wanted.isAll() ? whole : new PartOfRun(whole, wanted);
  }

  /** What the commit it stands on says of itself. */
  public CommitHeader header() {
    return in().header();
  }

  /** The commit it stands on, as it is sent. */
  public byte[] bytes() {
    return PartialCommit.of(in().bytes(), wanted);
  }

  /** The store's position of what it stands on: all up to there is given once this is taken. */
  public long position() {
    return state != null ? state.position() : in().position();
  }

  /** The other has what was offered. */
  public void taken() {
    closeState();
    held = false;
  }

  /** The other refuses what was offered: a state is asked for anew, the rest is offered again. */
  public void refused() {
    if (state != null) {
      end();
    }
  }

  private CommitStream in() {
    CommitStream in = stream;
    if (in == null) {
      throw Problem.of("nothing is offered").advise("ask for the next first").illegalState();
    }
    return in;
  }

  private void closeState() {
    if (state != null) {
      state.close();
      state = null;
    }
  }

  private void end() {
    closeState();
    lacking = false;
    if (stream != null) {
      stream.close();
      stream = null;
    }
    held = false;
  }

  @Override
  public void close() {
    closed = true;
    end();
  }
}
