package dev.tidemark.replication.session;

import dev.tidemark.engine.causality.VersionVector;
import org.jspecify.annotations.Nullable;

/**
 * What the two ends of a session ask each other for: what the other has seen. One answer serves all
 * questions before it, so there is never more than one of each to send.
 */
final class VectorQuestions {
  private long newest;
  private long sent;
  private long answered;
  private VersionVector answer = VersionVector.EMPTY;
  private long theirs;
  private long told;

  synchronized long ask() {
    return ++newest;
  }

  /** The question to send; 0 for none. */
  synchronized long toAsk() {
    if (sent == newest) {
      return 0;
    }
    sent = newest;
    return newest;
  }

  synchronized void answered(long question, VersionVector vector) {
    if (question > answered && question <= sent) {
      answered = question;
      answer = vector;
    }
  }

  /** The answer to a question, or to one after it; null if there is none yet. */
  synchronized @Nullable VersionVector answer(long question) {
    return answered >= question ? answer : null;
  }

  synchronized void asked(long question) {
    theirs = Math.max(theirs, question);
  }

  /** The peer's question that is to be answered; 0 for none. */
  synchronized long toAnswer() {
    if (told == theirs) {
      return 0;
    }
    told = theirs;
    return theirs;
  }
}
