package dev.tidemark.replication.session;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.replication.repair.RepairChannel;
import dev.tidemark.replication.v1.Caught;
import dev.tidemark.replication.v1.Chunk;
import dev.tidemark.replication.v1.ChunkRequest;
import dev.tidemark.replication.v1.CutRun;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.Heartbeat;
import dev.tidemark.replication.v1.Members;
import dev.tidemark.replication.v1.OperationsAnswer;
import dev.tidemark.replication.v1.OperationsRequest;
import dev.tidemark.replication.v1.Pull;
import dev.tidemark.replication.v1.StateAnswer;
import dev.tidemark.replication.v1.VectorAnswer;
import dev.tidemark.replication.v1.VectorRequest;
import dev.tidemark.replication.v1.WiderRefusal;
import dev.tidemark.replication.v1.WiderRequest;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import dev.tidemark.storage.blob.BlobSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The half of a session that sends: acknowledgements first, then chunks, then what the peer lacks,
 * and a heartbeat when there is nothing of all that.
 */
final class Outgoing {
  private final Dialogue dialogue;
  private final Signals signals;
  private final Negotiation negotiation;
  private final Outbox outbox;
  private final Self self;
  private final Terms terms;
  private final Registry registry;
  private final BlobSource chunks;
  private final OperationsAnswerer missing;
  private @Nullable Source source;
  private @Nullable Pull serving;
  private @Nullable WiderAnswer wider;
  private boolean greeted;
  private boolean asked;
  private boolean synced;
  private boolean waiting;
  private long signalled;
  private long until;
  private long saidNanos;
  private volatile long states;
  private volatile boolean lacking;

  Outgoing(Dialogue dialogue, Outbox outbox, Self self, Terms terms, Registry registry) {
    this.dialogue = dialogue;
    this.signals = dialogue.signals();
    this.negotiation = dialogue.negotiation();
    this.outbox = outbox;
    this.self = self;
    this.terms = terms;
    this.registry = registry;
    this.chunks = self.store().largeValues().source();
    this.missing = new OperationsAnswerer(self.store(), registry::isConnected);
  }

  /** Whether there may be something to send. */
  boolean isReady() {
    return !waiting || signals.isAfter(signalled, until);
  }

  /** Sends what there is, at most one batch or frame of a run; waits if there was nothing. */
  void step() {
    if (waiting) {
      signals.awaitAfter(signalled, until);
    }
    dialogue.requireInterest();
    signals.requireOpen();
    signalled = signals.count();
    waiting = greeted ? !goOn() : !greet();
    until = dialogue.operations().due(saidNanos + terms.heartbeat().toNanos());
  }

  private boolean greet() {
    send(hello());
    greeted = true;
    return true;
  }

  private Frame.Builder hello() {
    return Frame.newBuilder().setHello(self.hello(dialogue.interest(), terms.onDemand()));
  }

  /**
   * What the peer is told before it is told why it ends; null for nothing. One with whom another
   * session goes on would not know which, and would dial again to see. One that has dialled itself
   * does not take that from others.
   */
  @Nullable Frame introduction(@Nullable SessionEndedException why) {
    boolean isTold =
        why != null && (why.reason() == Reason.DUPLICATE_SESSION || why.reason() == Reason.SELF);
    return isTold && !greeted ? hello().build() : null;
  }

  private boolean goOn() {
    Peer peer = negotiation.admitted();
    if (peer == null) {
      // Only a signal tells that it is.
      saidNanos = terms.driver().nanos();
      return false;
    }
    if (!asked) {
      asked = true;
      if (!terms.onDemand() && !peer.onDemand()) {
        send(pull(peer));
      }
    }
    dialogue.progress().note();
    boolean tended = tend(peer);
    return serve(peer) || tended || beat();
  }

  /** A state is held for the session that may go on with it. */
  void close() {
    if (wider != null) {
      wider.close();
    }
    Peer peer = negotiation.peer();
    if (source != null && peer != null && source.isInState()) {
      registry.heldStates().leave(peer.log(), source);
    } else if (source != null) {
      source.close();
    }
  }

  /** How many whole states were sent. */
  long states() {
    return states;
  }

  /**
   * Whether the peer must have from elsewhere what this store does not hold, before it gets more.
   */
  boolean isLacking() {
    return lacking;
  }

  private Frame.Builder pull(Peer peer) {
    Pull.Builder pull =
        Pull.newBuilder().setVector(seen()).setReached(registry.logs().reached(peer.log()));
    CutRun cut = negotiation.receiving().offer();
    if (cut != null) {
      pull.setCut(cut);
    }
    return Frame.newBuilder().setPull(pull);
  }

  /** All that goes before data; whether something did. */
  private boolean tend(Peer peer) {
    boolean sent = acknowledge(peer);
    if (dialogue.progress().takeSeen()) {
      send(heartbeat());
      sent = true;
    }
    sent |= exchangeVectors();
    StateAnswer answer = negotiation.receiving().stateAnswer();
    if (answer != null) {
      send(Frame.newBuilder().setStateAnswer(answer));
      sent = true;
    }
    if (!terms.onDemand() && !peer.onDemand()) {
      sent |= askWider();
    }
    Members news = dialogue.takeNews();
    if (news != null) {
      send(Frame.newBuilder().setMembers(news));
      sent = true;
    }
    Long until = negotiation.takeDemand();
    if (until != null) {
      Frame.Builder pull = pull(peer);
      pull.getPullBuilder().setOnce(true).setUntil(until);
      send(pull);
      sent = true;
    }
    ChunkDesk desk = dialogue.chunks();
    for (Bytes hash = desk.nextToAsk(); hash != null; hash = desk.nextToAsk()) {
      send(
          Frame.newBuilder()
              .setChunkRequest(
                  ChunkRequest.newBuilder()
                      .setHash(UnsafeByteOperations.unsafeWrap(hash.array()))));
      sent = true;
    }
    RepairChannel repairs = dialogue.repairs();
    for (Frame.Builder next = repairs.poll(); next != null; next = repairs.poll()) {
      send(next);
      sent = true;
    }
    boolean gave = giveChunk();
    return sent || gave || exchangeOperations(peer);
  }

  private boolean exchangeOperations(Peer peer) {
    OperationsDesk desk = dialogue.operations();
    OperationsRequest request = desk.nextToAsk();
    if (request != null) {
      send(Frame.newBuilder().setOperationsRequest(request));
    }
    OperationsRequest theirs = desk.nextToServe();
    if (theirs != null) {
      OperationsAnswer answer = missing.answer(peer, theirs);
      desk.served();
      send(Frame.newBuilder().setOperationsAnswer(answer));
    }
    return request != null || theirs != null;
  }

  /** Asks for keys that the store is to hold; whether it did. */
  private boolean askWider() {
    WiderRequest request = negotiation.receiving().wider().next();
    if (request != null) {
      negotiation.receiving().told();
      send(Frame.newBuilder().setWiderRequest(request));
    }
    return request != null;
  }

  /** Tells the peer what survives here, if that is more than it knows. */
  private boolean acknowledge(Peer peer) {
    Receipts.Receipt now = negotiation.receiving().durable();
    if (now == null) {
      return false;
    }
    if (now.theirPosition() > 0) {
      registry.logs().reached(peer.log(), now.theirPosition(), now.seen());
    }
    send(Frame.newBuilder().setAck(now.ack()));
    return true;
  }

  private boolean exchangeVectors() {
    VectorQuestions questions = dialogue.questions();
    long question = questions.toAsk();
    if (question != 0) {
      send(Frame.newBuilder().setVectorRequest(VectorRequest.newBuilder().setId(question)));
    }
    long answer = questions.toAnswer();
    if (answer != 0) {
      send(
          Frame.newBuilder()
              .setVectorAnswer(VectorAnswer.newBuilder().setId(answer).setVector(seen())));
    }
    return question != 0 || answer != 0;
  }

  /** One at a time: what the peer lacks goes on in between. */
  private boolean giveChunk() {
    Bytes hash = dialogue.chunks().nextToServe();
    if (hash == null) {
      return false;
    }
    Optional<byte[]> image = chunks.chunk(hash);
    Chunk.Builder chunk = Chunk.newBuilder().setHash(UnsafeByteOperations.unsafeWrap(hash.array()));
    image.ifPresent(bytes -> chunk.setFound(true).setImage(UnsafeByteOperations.unsafeWrap(bytes)));
    send(Frame.newBuilder().setChunk(chunk));
    return true;
  }

  /** Sends some of what the peer has asked for; whether there was any. */
  private boolean serve(Peer peer) {
    Pull pull = serving == null ? negotiation.takePull() : serving;
    if (pull == null) {
      return false;
    }
    if (serving == null) {
      begin(peer, pull);
    }
    Source from = source;
    if (from == null) {
      return false;
    }
    if (negotiation.takeStateAnswer()) {
      from.stateAnswered();
    }
    boolean answered = answerWider(peer, from);
    boolean sent = from.send(pull.getUntil() == 0 ? Long.MAX_VALUE : pull.getUntil());
    states = from.states();
    lacking = from.isLacking();
    return sent || answered || (pull.getOnce() && !from.isAwaitingAnswer() && finish(from));
  }

  /** Has the peer get keys that it has asked for, or tells it that it will not; whether it did. */
  private boolean answerWider(Peer peer, Source from) {
    WiderRequest request = negotiation.wider();
    if (request == null) {
      return false;
    }
    if (wider == null) {
      wider =
          new WiderAnswer(
              self.store(),
              peer.replicaId(),
              request,
              terms.driver()::nanos,
              terms.patience().toNanos());
    }
    String refusal = wider.refusal(registry.widerTurn().isTaken());
    if (refusal == null && !from.isGiven(wider)) {
      return false;
    }
    from.endWider();
    wider.close();
    wider = null;
    negotiation.widerAnswered();
    if (refusal != null) {
      WiderRefusal why = WiderRefusal.newBuilder().setDetail(refusal).build();
      send(Frame.newBuilder().setWiderRefusal(why));
    }
    return true;
  }

  private void begin(Peer peer, Pull pull) {
    serving = pull;
    synced = false;
    if (source == null) {
      source = source(peer, pull);
    } else {
      source.know(Frames.vector(pull.getVector()));
    }
  }

  private Source source(Peer peer, Pull pull) {
    Source held = registry.heldStates().take(peer.log());
    if (held != null && held.isAskedFor(peer.interest(), pull)) {
      held.goOn(pull, dialogue.progress()::seen, this::send);
      return held;
    }
    if (held != null) {
      held.close();
    }
    return new Source(self.store(), peer.interest(), pull, dialogue.progress()::seen, this::send);
  }

  /** Only what is synced is sent; what was logged before the peer has asked should be. */
  private boolean finish(Source from) {
    if (!synced && from.isExhausted()) {
      self.store().sync();
      synced = true;
      return true;
    }
    serving = null;
    send(Frame.newBuilder().setCaught(Caught.getDefaultInstance()));
    return true;
  }

  private boolean beat() {
    if (terms.driver().nanos() - saidNanos < terms.heartbeat().toNanos()) {
      return false;
    }
    send(heartbeat());
    return true;
  }

  private Frame.Builder heartbeat() {
    return Frame.newBuilder()
        .setHeartbeat(Heartbeat.newBuilder().setVector(seen()).setMillis(terms.driver().millis()));
  }

  /** What this store has seen, to be told. */
  private ByteString seen() {
    ByteString seen = Frames.bytes(self.store().vector());
    negotiation.receiving().told();
    return seen;
  }

  private void send(Frame.Builder frame) {
    outbox.send(frame.build());
    saidNanos = terms.driver().nanos();
  }
}
