package dev.tidemark.replication.session;

import dev.tidemark.engine.stability.Expulsion;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.v1.Decision;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.Goodbye;
import dev.tidemark.replication.v1.VectorAnswer;
import dev.tidemark.replication.wire.Bounds;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The half of a session that takes frames and applies them. It never waits for a send. */
final class Incoming {
  /** How often it is looked whether what is held may be taken. */
  private static final Duration HOLD = Duration.ofSeconds(1);

  private final Session session;
  private final Dialogue dialogue;
  private final Signals signals;
  private final Negotiation negotiation;
  private final Inbox inbox;
  private final Self self;
  private final Terms terms;
  private final Registry registry;
  private @Nullable Frame held;
  private boolean greeted;
  private long frames;
  private long deadline;
  private long waitingSinceNanos;
  private long runWaitedNanos;
  private long runBytes;

  Incoming(
      Session session, Dialogue dialogue, Inbox inbox, Self self, Terms terms, Registry registry) {
    this.session = session;
    this.dialogue = dialogue;
    this.signals = dialogue.signals();
    this.negotiation = dialogue.negotiation();
    this.inbox = inbox;
    this.self = self;
    this.terms = terms;
    this.registry = registry;
    this.deadline = after(terms.patience());
  }

  private long after(Duration duration) {
    return terms.driver().nanos() + duration.toNanos();
  }

  /** Whether there is a frame to take, or none comes any more. */
  boolean isReady() {
    return held == null ? inbox.isReady(deadline) : !isHeldOff() || signals.reason() != null;
  }

  /** Takes a frame and applies it, or holds it until it may be. */
  void step() {
    if (held != null) {
      goOn(held);
      return;
    }
    take(inbox.take(deadline));
    inbox.done();
  }

  private void take(byte[] bytes) {
    if (greeted) {
      Frame frame = read(bytes, Bounds.FRAME_BYTES);
      if (isInRun()) {
        requireSpeed(frame.hasRunPart() ? bytes.length : 0);
      }
      if (!isTaken(frame)) {
        held = frame;
        return;
      }
    } else {
      greet(read(bytes, Bounds.HELLO_BYTES));
      greeted = true;
      inbox.used();
    }
    passed();
  }

  private void goOn(Frame frame) {
    long before = signals.count();
    signals.requireOpen();
    if (isHeldOff()) {
      // Only then, as isReady says: what was tried and not taken is held off from then on.
      signals.awaitAfter(before, after(HOLD));
    } else if (isTaken(frame)) {
      held = null;
      passed();
    }
  }

  /** Applies a frame, unless it has to wait for another session. */
  private boolean isTaken(Frame frame) {
    boolean taken;
    if (isData(frame)) {
      taken = negotiation.receiving().wider().take(() -> handle(frame));
    } else {
      taken = handle(frame);
    }
    if (taken) {
      signals.raise();
      // Others may wait for what it brought.
      registry.changes().signal();
      inbox.used();
    }
    return taken;
  }

  private void passed() {
    waitingSinceNanos = terms.driver().nanos();
    deadline = after(isInRun() ? terms.patience() : terms.silence());
  }

  private boolean isHeldOff() {
    return negotiation.receiving().wider().isHeldOff();
  }

  private boolean isInRun() {
    return greeted && negotiation.receiving().isInRun();
  }

  /** Nothing is taken any more. */
  void close() {
    if (negotiation.admitted() != null) {
      negotiation.receiving().cutOff();
    }
  }

  private Frame read(byte[] bytes, int limit) {
    return Frames.read(bytes, limit, frames++);
  }

  private void greet(Frame frame) {
    if (frame.hasGoodbye()) {
      // It has seen this end's first frame before it sent its own.
      throw left(frame.getGoodbye());
    }
    session.requireTrust();
    if (!frame.hasHello()) {
      throw unexpected(frame);
    }
    session.meet(frame.getHello());
  }

  /** Whether all of it was taken. */
  private boolean handle(Frame frame) {
    Sink sink = negotiation.receiving();
    return switch (frame.getKindCase()) {
      case COMMITS, RUN_BEGIN, RUN_PART, RUN_END, DECISION, STATE_OFFER, CAUGHT, HELLO ->
          sink.isInRun() ? sink.takePart(frame) : take(frame, sink);
      default -> {
        aside(frame);
        yield true;
      }
    };
  }

  /** Whether it brings what the store has not seen. */
  private static boolean isData(Frame frame) {
    return switch (frame.getKindCase()) {
      case COMMITS, RUN_BEGIN, RUN_PART, RUN_END -> true;
      default -> false;
    };
  }

  /** What does not come inside of a run. */
  private boolean take(Frame frame, Sink sink) {
    switch (frame.getKindCase()) {
      case COMMITS -> {
        return sink.take(frame.getCommits());
      }
      case RUN_BEGIN -> {
        runWaitedNanos = 0;
        runBytes = 0;
        return sink.take(frame.getRunBegin());
      }
      case DECISION -> {
        // For people who watch; what follows tells the same, if something does.
        if (frame.getDecision().getNeed() == Decision.Need.UP_TO_DATE) {
          sink.withdraw();
        }
      }
      case STATE_OFFER -> sink.offeredState(Frames.vector(frame.getStateOffer().getCut()));
      case CAUGHT -> negotiation.caught();
      default -> throw unexpected(frame);
    }
    return true;
  }

  /** What may come between any two frames. */
  private void aside(Frame frame) {
    switch (frame.getKindCase()) {
      case ACK -> {
        dialogue.progress().acknowledged(Handshake.seen(frame.getAck().getVector(), self));
        registry.changes().signal();
      }
      case VECTOR_REQUEST -> {
        dialogue.questions().asked(frame.getVectorRequest().getId());
        signals.raise();
      }
      case VECTOR_ANSWER -> {
        VectorAnswer answer = frame.getVectorAnswer();
        dialogue.questions().answered(answer.getId(), Handshake.seen(answer.getVector(), self));
        registry.changes().signal();
      }
      case PULL -> negotiation.asked(frame.getPull());
      case STATE_ANSWER -> {
        dialogue.progress().heard(Handshake.seen(frame.getStateAnswer().getVector(), self));
        negotiation.stateAnswered();
      }
      case HEARTBEAT ->
          dialogue
              .progress()
              .heard(
                  Handshake.seen(frame.getHeartbeat().getVector(), self),
                  frame.getHeartbeat().getMillis());
      case WAITING -> {
        dialogue.progress().awaits(Frames.vector(frame.getWaiting().getVector()));
        signals.raise();
      }
      case WIDER_REQUEST -> negotiation.askedWider(frame.getWiderRequest());
      case WIDER_MOMENT ->
          negotiation.receiving().wider().moment(Frames.vector(frame.getWiderMoment().getVector()));
      case WIDER_REFUSAL -> negotiation.receiving().wider().refused();
      case MEMBERS -> registry.members(frame.getMembers());
      case REPAIR_REQUEST -> dialogue.repairs().onRequest(frame.getRepairRequest());
      case REPAIR_REPLY -> dialogue.repairs().onReply(frame.getRepairReply());
      case CHUNK_REQUEST ->
          dialogue.chunks().onRequest(frame.getChunkRequest().getHash().toByteArray());
      case CHUNK -> dialogue.chunks().onChunk(frame.getChunk());
      case OPERATIONS_REQUEST -> dialogue.operations().onRequest(frame.getOperationsRequest());
      case OPERATIONS_ANSWER -> dialogue.operations().onAnswer(frame.getOperationsAnswer());
      case GOODBYE -> throw left(frame.getGoodbye());
      case KIND_NOT_SET -> {
        // Of a later minor version.
      }
      default -> throw unexpected(frame);
    }
  }

  /**
   * Each part may come in time and the run never end: only the time spent waiting counts, and
   * nothing else that comes meanwhile, fast as it may be, makes up for it.
   */
  private void requireSpeed(int bytes) {
    runBytes += bytes;
    runWaitedNanos += terms.driver().nanos() - waitingSinceNanos;
    long allowed =
        terms.patience().toNanos()
            + TimeUnit.SECONDS.toNanos(1) / Bounds.RUN_BYTES_PER_SECOND * runBytes;
    if (runWaitedNanos > allowed) {
      throw new SessionEndedException(
          Reason.TIMEOUT,
          Problem.of("run comes too slowly")
              .with("bytes", runBytes)
              .with("waitedMillis", TimeUnit.NANOSECONDS.toMillis(runWaitedNanos)));
    }
  }

  static SessionEndedException unexpected(Frame frame) {
    return new SessionEndedException(
        Reason.UNEXPECTED_FRAME,
        Problem.of("frame cannot come now").with("frame", frame.getKindCase()));
  }

  private SessionEndedException left(Goodbye goodbye) {
    Reason reason;
    try {
      reason = Reason.valueOf(goodbye.getReason());
    } catch (IllegalArgumentException ofALaterVersion) {
      reason = Reason.LEAVING;
    }
    if (reason == Reason.SELF) {
      // It would count for no level of consistency; and an end that is this one says who it is.
      reason = Reason.LEAVING;
    }
    Expulsion told = Goodbyes.expulsion(goodbye);
    if (reason == Reason.RETIRED && told != null) {
      self.store().members().withdraw(told);
    }
    return new SessionEndedException(
        reason,
        Problem.of("peer has ended the session")
            .with("reason", Frames.text(goodbye.getReason()))
            .with("detail", Frames.text(goodbye.getDetail())));
  }
}
