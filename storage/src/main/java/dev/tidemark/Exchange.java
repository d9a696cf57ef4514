package dev.tidemark;

import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.storage.blob.BlobSource;
import dev.tidemark.storage.core.Widening;
import dev.tidemark.storage.handover.KeysOffer;
import dev.tidemark.storage.handover.PartOfRun;
import dev.tidemark.storage.handover.Run;
import dev.tidemark.storage.handover.StateExport;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import org.jspecify.annotations.Nullable;

/**
 * One direction of an exchange between two stores of one process: what the first has logged and the
 * second lacks. It remembers how far it read, so that each pull costs what is new. For one thread
 * at a time.
 *
 * <p>Where the first store's log is folded, a run takes the place of its commits. Where it does not
 * reach what the second lacks any more, the second gets the state of the first, and what was logged
 * since. Of all that the second gets what its interest covers; what the first does not have of that
 * itself, the second must have from elsewhere before the first can go on. Large values are copied
 * before what refers to them is handed over, as far as they are not there already.
 */
public final class Exchange implements AutoCloseable {
  private final Tidemark from;
  private final Tidemark to;
  private final BlobSource chunks;
  private Outflow outflow;
  private long reached;
  private long states;

  /** An exchange that begins at the start of the first store's log. */
  public Exchange(Tidemark from, Tidemark to) {
    this.from = from;
    this.to = to;
    this.chunks = from.largeValues().source();
    this.outflow = new Outflow(from, to.interest(), to::vector);
  }

  /** How often it handed over the first store's state because its log did not reach back. */
  public long states() {
    return states;
  }

  /** Hands over all that is logged; gives how many commits, runs and states were new. */
  public long pull() {
    return pullUntil(Long.MAX_VALUE);
  }

  /**
   * Hands over the first store's log up to and with its own operation of that sequence: what it had
   * seen when it made it. A run that holds the operation is handed over as a whole, and so is a
   * state.
   *
   * @return how many commits, runs and states were new
   * @throws dev.tidemark.error.NotMemberException if one of the stores cannot go on under its
   *     replica id, or hands over what the other does not let in
   */
  public long pullUntil(long ownSequence) {
    Greeting.exchange(from, to);
    long received = 0;
    boolean synced = false;
    // What follows an operation in the log was not seen when it was made.
    while (reached < ownSequence) {
      if (!outflow.next()) {
        if (synced) {
          break;
        }
        // Only now: most of what is asked for has often been synced for somebody else.
        from.sync();
        synced = true;
        continue;
      }
      // Held until it is in: what is refused today is offered again by the next pull.
      Offer offer = offer();
      if (offer.ownBefore() >= ownSequence) {
        break;
      }
      received += take(offer) ? 1 : 0;
      reached = Math.max(reached, offer.ownAfter());
    }
    return received;
  }

  /**
   * Makes the second store hold more keys: it gets those, and no others, as the first has them when
   * both have seen the same, but for what the second did to keys that it holds. Nothing is changed
   * where they have not: exchange in both directions until they have, and try again. The second
   * store begins its other exchanges and sessions anew afterwards.
   *
   * @param keys what it is to hold beside what it holds
   * @return whether it holds them now
   * @throws dev.tidemark.error.RefusedRunException if the first store does not hold all of them
   */
  public boolean widen(Interest keys) {
    if (to.interest().covers(keys)) {
      return true;
    }
    pull();
    if (!take(keys)) {
      return false;
    }
    outflow.close();
    outflow = new Outflow(from, to.interest(), to::vector);
    return true;
  }

  private boolean take(Interest keys) {
    Interest held = to.interest();
    try (StateExport whole = from.exportAll();
        Widening widening = to.widen(KeysOffer.of(whole, keys), from.replicaId(), chunks)) {
      if (widening == null) {
        return false;
      }
      RunRecords records = new PartOfRun(whole, keys, held::covers).records();
      for (RunRecord next = records.next(); next != null; next = records.next()) {
        widening.add(next);
      }
      return widening.finish() != 0;
    }
  }

  private boolean take(Offer offer) {
    boolean whole = outflow.kind() == Outflow.Kind.STATE;
    boolean taken = false;
    try {
      boolean isNew = offer.take().isNew();
      taken = true;
      states += whole ? 1 : 0;
      outflow.taken();
      return isNew;
    } finally {
      if (!taken) {
        outflow.refused();
      }
    }
  }

  private Offer offer() {
    return switch (outflow.kind()) {
      case COMMIT -> commit(outflow.header());
      case RUN -> run(outflow.run(), true);
      case STATE -> run(outflow.run(), false);
    };
  }

  private Offer commit(CommitHeader header) {
    Taking taking = () -> to.accept(outflow, header, from.replicaId(), chunks);
    return header.origin() == from.replicaId()
        ? new Offer(header.firstSequence() - 1, header.lastSequence(), taking)
        : new Offer(0, 0, taking);
  }

  /** A run can lie behind the operation that is asked for; a state comes where the log does not. */
  private Offer run(Run run, boolean inOrder) {
    OriginCoverage own = own(run);
    return new Offer(
        own == null || !inOrder ? 0 : own.before(),
        own == null ? 0 : own.after(),
        () -> to.accept(run, from.replicaId(), chunks));
  }

  private @Nullable OriginCoverage own(Run run) {
    for (OriginCoverage of : run.coverage()) {
      if (of.origin() == from.replicaId()) {
        return of;
      }
    }
    return null;
  }

  @Override
  public void close() {
    outflow.close();
  }

  /** What can be taken next, and which of the first store's own operations it holds. */
  private record Offer(long ownBefore, long ownAfter, Taking take) {}

  /** Takes it. */
  private interface Taking {
    boolean isNew();
  }
}
