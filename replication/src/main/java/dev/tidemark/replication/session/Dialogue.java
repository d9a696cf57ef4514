package dev.tidemark.replication.session;

import dev.tidemark.engine.interest.Interest;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.repair.RepairChannel;
import dev.tidemark.replication.v1.Members;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What the two halves of a session have between them: what one of them hears, and others ask, is
 * noted here for the other to send.
 */
final class Dialogue implements AutoCloseable {
  private final Self self;
  private final Interest interest;
  private final Signals signals;
  private final Negotiation negotiation;
  private final PeerProgress progress;
  private final VectorQuestions questions = new VectorQuestions();
  private final ChunkDesk chunks = new ChunkDesk();
  private final OperationsDesk operations;
  private final RepairChannel repairs;
  private final AtomicReference<@Nullable Members> news = new AtomicReference<>();

  Dialogue(Self self, Registry registry, Terms terms, Signals signals) {
    this.self = self;
    this.interest = self.store().interest();
    this.signals = signals;
    this.negotiation = new Negotiation(signals);
    this.progress = new PeerProgress(self.store(), terms.driver());
    this.operations = new OperationsDesk(terms.driver()::nanos);
    this.repairs =
        new RepairChannel(
            self.store(), terms.patience(), registry.repairs(), signals::raise, signals::end);
  }

  /** The keys that this store holds as far as the session goes. */
  Interest interest() {
    return interest;
  }

  /** Ends it if the store holds other keys by now: another one goes on with those. */
  void requireInterest() {
    Interest now = self.store().interest();
    if (!now.equals(interest)) {
      signals.end(
          new SessionEndedException(
              Reason.INTEREST_CHANGED,
              Problem.of("store holds other keys than it did")
                  .with("before", interest)
                  .with("now", now)));
    }
  }

  Signals signals() {
    return signals;
  }

  Negotiation negotiation() {
    return negotiation;
  }

  PeerProgress progress() {
    return progress;
  }

  VectorQuestions questions() {
    return questions;
  }

  ChunkDesk chunks() {
    return chunks;
  }

  OperationsDesk operations() {
    return operations;
  }

  RepairChannel repairs() {
    return repairs;
  }

  /** The peer is to be told who is there; a later word replaces it. */
  void tell(Members word) {
    news.set(word);
    signals.raise();
  }

  /** Who is there, to be told once; null if that is told. */
  @Nullable Members takeNews() {
    return news.getAndSet(null);
  }

  /** What was asked has no answer any more, and what was being taken is left to the next one. */
  @Override
  public void close() {
    negotiation.close();
    chunks.close();
    operations.close();
    repairs.close();
  }
}
