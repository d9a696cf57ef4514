package dev.tidemark.replication.session;

import com.google.protobuf.ByteString;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.stability.Expulsion;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.v1.Hello;
import dev.tidemark.replication.wire.Frames;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.replication.wire.SessionEndedException;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.membership.FenceWords;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/** Whether a peer's first frame lets a session begin. Decides and changes nothing. */
public final class Handshake {
  private static final int STORE_ID_BYTES = 16;

  private Handshake() {}

  static ByteString storeId(String hex) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hex));
  }

  /**
   * Judges a peer.
   *
   * @param certified the names in its certificate; empty without one
   * @throws SessionEndedException with the reason to end the session
   */
  public static Peer check(Hello hello, Self self, Set<String> certified) {
    if (hello.getInstance() == self.instance()) {
      throw end(Reason.SELF, Problem.of("peer is this replicator itself"));
    }
    checkVersion(hello);
    if (!hello.getCluster().equals(self.cluster())) {
      throw end(
          Reason.WRONG_CLUSTER,
          Problem.of("peer is of another cluster")
              .with("theirs", Frames.text(hello.getCluster()))
              .with("ours", self.cluster()));
    }
    String name = Frames.text(hello.getName());
    checkName(name, self, certified);
    if (hello.getStoreId().size() != STORE_ID_BYTES || hello.getReplicaId() == 0) {
      throw end(Reason.MALFORMED_FRAME, Problem.of("peer gives no identity"));
    }
    long replica = hello.getReplicaId();
    if (replica == self.store().replicaId()) {
      throw end(
          Reason.DUPLICATE_REPLICA,
          Problem.of("peer has the replica id of this store")
              .with("replica", ReplicaId.format(replica))
              .advise("one of them is a copy: give it a new replica id"));
    }
    Peer peer =
        new Peer(
            name,
            HexFormat.of().formatHex(hello.getStoreId().toByteArray()),
            replica,
            hello.getInstance(),
            seen(hello.getVector(), self),
            Frames.interest(hello.getInterest()),
            hello.getOnDemand(),
            hello.getFeaturesList().contains(Self.WIDENING));
    checkNotRetired(peer, self);
    checkSameHistories(hello, self);
    return peer;
  }

  private static void checkVersion(Hello hello) {
    boolean common =
        Integer.compareUnsigned(hello.getMinVersion(), Self.VERSION) <= 0
            && Integer.compareUnsigned(hello.getMaxVersion(), Self.VERSION) >= 0;
    if (!common) {
      throw end(
          Reason.WRONG_VERSION,
          Problem.of("no protocol version in common")
              .with("theirMin", Integer.toUnsignedString(hello.getMinVersion()))
              .with("theirMax", Integer.toUnsignedString(hello.getMaxVersion()))
              .with("ours", Self.VERSION));
    }
  }

  private static void checkName(String name, Self self, Set<String> certified) {
    Set<String> allowed = self.allowed();
    if (allowed != null && !allowed.contains(name)) {
      throw end(Reason.NOT_ALLOWED, Problem.of("peer is not on the allow-list").with("name", name));
    }
    if (!certified.isEmpty() && !certified.contains(name)) {
      throw end(
          Reason.WRONG_NAME,
          Problem.of("peer's certificate does not carry its name")
              .with("name", name)
              .with("certified", certified));
    }
  }

  /**
   * What a peer says that it has seen. Only what is synced is sent, so nobody has honestly seen
   * more of this replica than itself.
   */
  static VersionVector seen(ByteString bytes, Self self) {
    VersionVector seen = Frames.vector(bytes);
    checkNotRolledBack(seen, self);
    return seen;
  }

  private static void checkNotRolledBack(VersionVector seen, Self self) {
    long own = self.store().replicaId();
    long made = self.store().vector().get(own);
    if (seen.get(own) > made) {
      self.store().members().isOldCopy(seen.get(own));
      throw end(
          Reason.ROLLED_BACK,
          Problem.of("peer has seen more of this replica than this store has made")
              .with("seen", seen.get(own))
              .with("made", made)
              .advise("this directory was restored or copied: give it a new replica id"));
    }
  }

  /** Whoever is told so retires itself: those that it has let in hear of it, too. */
  private static void checkNotRetired(Peer peer, Self self) {
    Expulsion expulsion = self.store().members().expulsion(peer.replicaId(), peer.vector());
    if (expulsion != null) {
      throw new SessionEndedException(expulsion, FenceWords.of(peer.replicaId(), expulsion));
    }
  }

  /**
   * Without this two of which neither makes anything new would take each other for equal. What the
   * peer has of this replica is {@linkplain #checkNotForked looked at} once it is let in.
   */
  private static void checkSameHistories(Hello hello, Self self) {
    if (hello.getHistories().isEmpty()) {
      return;
    }
    Map<Long, OriginCoverage> ours = new HashMap<>();
    self.store().histories().forEach(history -> ours.put(history.origin(), history));
    for (OriginCoverage theirs : Frames.coverage(hello.getHistories())) {
      OriginCoverage our = ours.get(theirs.origin());
      boolean isOwn = theirs.origin() == self.store().replicaId();
      if (!isOwn
          && our != null
          && our.after() == theirs.after()
          && our.chainAfter() != theirs.chainAfter()) {
        throw end(
            Reason.FORKED,
            Problem.of("peer has other operations of a replica under the same sequences")
                .with("replica", ReplicaId.format(theirs.origin()))
                .with("sequence", theirs.after())
                .advise("a directory was restored or copied: give that store a new replica id"));
      }
    }
  }

  /**
   * A store whose own history its peer knows otherwise is the one that was copied. To be asked once
   * the peer is let in: it costs a look at the log, and has the store stop.
   */
  static void checkNotForked(Hello hello, Self self) {
    if (hello.getHistories().isEmpty()) {
      return;
    }
    for (OriginCoverage theirs : Frames.coverage(hello.getHistories())) {
      if (self.store().members().isForked(theirs)) {
        throw end(
            Reason.FORKED,
            Problem.of("peer has seen another history of this replica than this store has made")
                .with("replica", ReplicaId.format(theirs.origin()))
                .with("sequence", theirs.after())
                .advise("this directory was restored or copied: give it a new replica id"));
      }
    }
  }

  private static SessionEndedException end(Reason reason, Problem problem) {
    return new SessionEndedException(reason, problem);
  }
}
